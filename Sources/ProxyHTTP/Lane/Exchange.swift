import Gateway
import NIOCore

/// A request that the fast lane sends, and how far its answer has come.
struct Exchange {
    enum Answer {
        /// Its head is awaited, or the rest of it.
        case head
        case length(left: Int)
        case chunked
        /// All until the provider closes.
        case close
    }

    /// What the policy decided; `nil` between two requests.
    var forward: ProxyForward?
    /// What it was decided from, in case that it has to be decided once more.
    var request: ProxyRequest?
    /// Whether the policy was told already how what was sent has ended.
    var isOver = false
    var address = ProxyAddress.ofKey
    /// Names the request among this connection's; an older one's connection to the provider may come late.
    var ticket = 0
    var call: CallID?
    /// `call` as text.
    var requestID = ""
    var startedAt = Timestamp(milliseconds: 0)
    var began = NIODeadline.uptimeNanoseconds(0)
    var upstream: UpstreamConnection?
    /// The request's head, with its body where that was there whole.
    var outgoing = ByteBuffer()
    /// Whether `outgoing` is the whole request.
    var isWhole = false
    /// Whether it was sent once already.
    var isRepeated = false
    var bodyLength = 0
    var isHead = false
    var answer = Answer.head
    var answerHead = AnswerHead()
    var answerHeadEnd = HeadEnd()
    var chunks = ChunkReader()
    /// Bytes of the answer's body so far.
    var answered = 0
    /// Interim answers so far.
    var interim = 0
    /// The body so far of an answer that is held back, because it may refuse the token; `nil` for one that is not.
    var refusal: ByteBuffer?
    /// Whether a refusal was looked into; the next answer passes whatever it is.
    var isRenewed = false
    /// What goes to the caller; its memory is used again.
    var reply = ByteBuffer()
}
