extension StoreCase {
    /// The promises that a requirement of delivery rests on; each belongs to one at most.
    public static let requirements: [Int: [StoreCase]] = [
        1: [.eventReachesEveryMatchingEndpoint, .eventWithoutABodyIsNotRecorded],
        2: [.sixtyFourCopiesAreOneEvent, .duplicateWritesNothing, .sameIdentityElsewhereIsAnotherEvent],
        3: [.claimBringsAllThatIsNeededToSend, .claimIsNobodyElses, .whatIsNotDueIsNotClaimed],
        9: [.atMostThreeSecretsSign, .rotationWithoutOverlapLeavesOneSecret],
        14: [.rateIsKeptWithoutClaimsInVain],
        15: [.finishedAttemptIsEvidence, .lateAnswerAfterTheEndChangesNothing],
        16: [
            .replayMakesWhatItFindsDueOnceUnderTheSameID, .replayGoesOnWhereItWas, .replayUsesATenthWhileOthersWait,
        ],
        18: [.deliveryThatHasNotEndedIsNeverForgotten, .notificationIsKnownForAsLongAsItsIdentityIsKept],
    ]

    /// The promises that no requirement of its own is named for.
    public static var others: [StoreCase] {
        let named = Set(requirements.values.joined())
        return allCases.filter { !named.contains($0) }
    }
}
