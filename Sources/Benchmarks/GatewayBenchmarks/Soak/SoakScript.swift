import Foundation

/// The calls of a soak, for wrk: reads and charges of all sellers in turn, the statuses counted.
struct SoakScript: Sendable {
    private let key: String
    private let sellers: URL
    private let count: Int
    private let length: Int
    private let folder: URL

    /// Writes the sellers down; the scripts hold a key.
    init(key: String, sellers: [String], in folder: URL) throws {
        self.key = key
        self.folder = folder
        count = sellers.count
        length = sellers.first?.utf8.count ?? 0
        self.sellers = folder.appending(path: "soak-sellers.txt")
        try Data(sellers.joined(separator: "\n").utf8).write(to: self.sellers)
    }

    /// A script whose connections wait so many milliseconds before each call.
    func file(delay: Int) throws -> URL {
        let text = """
            local threads = {}
            function setup(thread)
               thread:set("number", #threads)
               table.insert(threads, thread)
            end

            wrk.headers["Authorization"] = "Bearer \(key)"
            statuses = {}
            local list, at

            function init(args)
               local file = io.open("\(sellers.path())", "rb")
               list = file:read("*a")
               file:close()
               at = number * \(count / 2)
            end

            \(delay > 0 ? "function delay() return \(delay) end" : "")

            function request()
               at = (at + 1) % \(count)
               local start = at * \(length + 1)
               local path = "/v1/sellers/" .. list:sub(start + 1, start + \(length)) .. "/proxy"
               if at % 4 == 0 then
                  return wrk.format("POST", path .. "/pos", {["Content-Type"] = "application/json",
                     ["Authorization"] = wrk.headers["Authorization"]}, '{"name":"Caja 1","fixed_amount":true}')
               end
               return wrk.format("GET", path .. "/users/me")
            end

            function response(status, headers, body)
               statuses[status] = (statuses[status] or 0) + 1
            end

            function done(summary, latency, requests)
               local all = {}
               for _, thread in ipairs(threads) do
                  for status, number in pairs(thread:get("statuses")) do
                     all[status] = (all[status] or 0) + number
                  end
               end
               for status, number in pairs(all) do print("status " .. status .. " " .. number) end
            end

            """
        let file = folder.appending(path: "soak-\(delay).lua")
        try Data(text.utf8).write(to: file)
        return file
    }

    /// How often each status came, as the script printed it.
    static func statuses(_ output: String) -> [Int: Int] {
        output.split(separator: "\n").reduce(into: [:]) { statuses, line in
            let words = line.split(separator: " ")
            guard words.count == 3, words[0] == "status", let status = Int(words[1]), let count = Int(words[2]) else {
                return
            }
            statuses[status] = count
        }
    }
}
