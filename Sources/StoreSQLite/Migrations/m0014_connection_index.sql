-- By both, or else SQLite goes through all connections of the application for each seller that is linked.

DROP INDEX connection_of_seller;
CREATE INDEX connection_of_seller ON connection (seller, application);
