import Foundation

/// Switches core dumps off, so that a crash writes no plain token to a disk (SEC C3.10).
func hardenProcess() {
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    setrlimit(__rlimit_resource_t(UInt32(RLIMIT_CORE.rawValue)), &none)
}
