import ArgumentParser

/// The command: the gateway itself, what sets it up, and what speaks to it.
@main
struct Enlace: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enlace",
        abstract: "An OAuth integrator gateway for Mercado Pago.",
        discussion: """
            Set up and run: init, serve, doctor. Try without an account: sandbox, demo.
            The other commands speak to a running gateway with the URL and key of enlace.client.yaml, which init writes.
            """,
        version: "0.1.0",
        groupedSubcommands: [
            CommandGroup(
                name: "Run",
                subcommands: [
                    InitCommand.self, ServeCommand.self, DoctorCommand.self, KeyringCommand.self, RestoreCommand.self,
                    SandboxCommand.self,
                    DemoCommand.self,
                ]),
            CommandGroup(
                name: "Manage",
                subcommands: [
                    KeysCommand.self, ApplicationsCommand.self, SellersCommand.self, EndpointsCommand.self,
                    EventsCommand.self, ListenCommand.self, DeliveriesCommand.self, JobsCommand.self,
                    CallsCommand.self, AuditCommand.self, BackupCommand.self,
                    PanicCommand.self,
                ]),
        ])
}
