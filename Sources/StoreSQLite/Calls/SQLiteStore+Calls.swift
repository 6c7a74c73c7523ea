// What each method promises is said by the ports.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

import Foundation
import GRDB
public import Gateway

extension SQLiteStore: CallStore {
    public func add(_ blocks: [CallBlock]) async throws(StoreError) {
        try await writer.write { db in
            for block in blocks {
                try db.run(
                    "INSERT INTO call_block (second, sellers, calls) VALUES (?, ?, ?)",
                    [block.second, Data(block.sellers.flatMap(\.ulid.bytes)), Data(block.bytes)])
                let number = db.lastInsertedRowID
                for seller in block.sellers {
                    try db.run(
                        "INSERT INTO call_seller (seller, second, block) VALUES (?, ?, ?)",
                        [seller.blob, block.second, number])
                }
            }
        }
    }

    public func newestCalls(
        of seller: SellerID?, atOrBefore last: Int64, since first: Int64
    ) async throws(StoreError) -> [CallBlock] {
        try await read { db in
            let rows: [Row]
            if let seller {
                rows = try db.rows(
                    """
                    SELECT b.* FROM call_seller s JOIN call_block b ON b.seq = s.block
                    WHERE s.seller = ?1 AND s.second =
                        (SELECT max(second) FROM call_seller WHERE seller = ?1 AND second BETWEEN ?2 AND ?3)
                    """, [seller.blob, first, last])
            } else {
                rows = try db.rows(
                    """
                    SELECT * FROM call_block
                    WHERE second = (SELECT max(second) FROM call_block WHERE second BETWEEN ? AND ?)
                    """, [first, last])
            }
            return rows.map { row in
                CallBlock(second: row["second"], sellers: blockSellers(row), bytes: row.bytes("calls"))
            }
        }
    }

    public func forgetCalls(before second: Int64, limit: Int) async throws(StoreError) -> Int {
        try await writer.write { db in
            let old = try db.rows(
                "SELECT seq, second, sellers FROM call_block WHERE second < ? ORDER BY second LIMIT ?",
                [second, limit])
            for row in old {
                let (number, second): (Int64, Int64) = (row["seq"], row["second"])
                for seller in blockSellers(row) {
                    try db.run(
                        "DELETE FROM call_seller WHERE seller = ? AND second = ? AND block = ?",
                        [seller.blob, second, number])
                }
                try db.run("DELETE FROM call_block WHERE seq = ?", [number])
            }
            return old.count
        }
    }
}

private func blockSellers(_ row: Row) -> [SellerID] {
    let bytes = row.bytes("sellers")
    return stride(from: 0, to: bytes.count, by: 16).compactMap { start in
        ULID(bytes: bytes[start..<min(start + 16, bytes.count)]).map { SellerID($0) }
    }
}
