public import Gateway

/// A promise of the store ports, to be kept by every store that ships.
///
/// Each runs on a new, empty store of its own.
public enum StoreCase: String, CaseIterable, Sendable {
    // Sellers and the vault.
    case sellerIsFoundByIDAndByRef
    case externalRefIsUnique
    case sellerUpdateReplacesWhatMayChange
    case sellersAreListedNewestFirstInPages
    case sellerFiltersNarrowTheList
    case dataKeyIsFoundByOwnerAndByID
    case vaultBeginsOnce
    case keyringKeysInUseAreNamedOnce
    case dataKeysAreCountedByTheirKeyringKey
    case dataKeysArePagedOldestFirst
    case onlyTheNamedKeyringKeyIsReplaced
    case sealingsAddUp
    case dataKeyFollowsTheNewestOnly

    // Applications and keys.
    case applicationIsKeptAsGiven
    case clientIDIsUniqueInItsMode
    case applicationUpdateReplacesWhatMayChange
    case applicationWithConnectionsStays
    case removedApplicationTakesWhatHangsOnIt
    case atMostTwoSecretsOfAKindCount
    case testUsersAreListedNewestFirst
    case apiKeyIsKeptAsGiven
    case revokedKeyStaysAsItIs

    // The audit and repeated requests.
    case auditLineComesWithItsChange
    case failedChangeLeavesNoAuditLine
    case auditIsListedNewestFirst
    case linesThatStandAloneComeTogetherOrNotAtAll
    case auditFiltersNarrowTheList
    case auditIsOneChain
    case endOfAnAttemptBringsItsAuditLine
    case idempotencyRecordIsItsCallersOwn
    case idempotencyConflictUndoesTheWholeChange
    case idempotencyKeyIsFreeAgainAfterADay
    case forgettingIsBounded

    // Links and attempts.
    case linkIsFoundByIDAndByToken
    case onlyAnOpenLinkIsRevoked
    case attemptBeginsOnAnOpenLinkOnly
    case attemptIsConsumedOnceAmongAHundred
    case attemptThatIsOverIsNotConsumed
    case attemptOfAUsedLinkIsNotConsumed
    case browserFindsItsNewestAttempt
    case undoneAttemptStillNamesItsConnection
    case linkIsAskedForOnce
    case refusedAccountIsKeptWithItsAttempt
    case linkIsOpenedOnce
    case endOfAnAttemptTellsItsEvent

    // The journal of code exchanges.
    case attemptHasOneExchange
    case attemptsAreForgottenUnlessTheirExchangeIsOpen
    case answerOfAnExchangeIsKept
    case droppedAnswerIsLeftToWhoHoldsTheAccount

    // Connections.
    case establishingUsesTheLink
    case linkThatWasUsedMeanwhileLinksNothing
    case accountOfAnotherSellerIsTaken
    case accountGoesToOneOfManyRacers
    case revokedAccountIsFreeAgain
    case linkingAgainEndsThePreviousConnection
    case connectionUpdateCountsTheVersionUp
    case staleVersionChangesNothing
    case revokingDestroysTheTokens
    case connectionFiltersNarrowTheList
    case awaitingStandsBesideTheOneInUse
    case confirmingTakesThePlaceOfTheOneInUse
    case unconfirmedAreFoundByTheirAge
    case deauthorizationIsNotedOfTheLinkThatItIsAbout
    case revokingByAnOldVersionChangesNothing

    // Tokens and the refresh journal.
    case oneRowIsOpenForAGeneration
    case unansweredPostBlocksASecondOne
    case refusedPostFreesItsGeneration
    case refreshIsClosedOnce
    case onlyTheNewestGenerationIsPosted
    case compareAndSwapDecidesWhoReplaces
    case replacingClearsTheDoubt
    case tokensOfARevokedConnectionAreNotReplaced
    case lastTryTakesThePlaceOfAnUnansweredPost
    case pairThatLostItsPlaceIsKept
    case keptPairsGoWithTheirAccount
    case dueIsWhatHasAThirdOfItsLifeLeft
    case unansweredPostIsDueForAReview
    case heldConnectionIsNotDueBeforeItsRelease
    case warningIsDueOnceInTheLifeOfAPair
    case endedIsWhatHasDiedWithoutARefreshToken
    case establishingTellsItsEvent

    // Who is quarantined.
    case quarantineIsOfOneOrOfAll
    case quarantineReachesWhoHoldsTokens
    case quarantinedTokensAreNotDue

    // The call log.
    case callsAreFoundBySecondAndSeller
    case forgettingCallsIsBounded

    // What a restored backup is watched for.
    case restoreMarksEveryPair
    case restoredPairsAreTriedInTurn
    case restoreHoldsWhatWasOpen

    // Notifications and events.
    case eventReachesEveryMatchingEndpoint
    case eventIsKeptAsGiven
    case topicFilterDecidesWhoGetsAnEvent
    case installationsEventReachesTheIntegratorOnly
    case bodyCarriesTheSequenceThatRises
    case eventWithoutABodyIsNotRecorded
    case sixtyFourCopiesAreOneEvent
    case duplicateWritesNothing
    case sameIdentityElsewhereIsAnotherEvent
    case parkedNotificationIsRoutedOnce
    case parkedNotificationsAreFoundByAccount
    case linkedConnectionsWithParkedNotificationsAreFound
    case eventFiltersNarrowTheList

    // Endpoints and their secrets.
    case endpointComesWithItsSecretAndItsTest
    case testEventGoesToItsEndpointOnly
    case endpointUpdateWritesItsRowOnly
    case endpointUpdateLeavesTheStateAlone
    case endpointMovesFromTheStatesGivenOnly
    case endpointsAreListedByOwner
    case removedEndpointCancelsWhatIsOpen
    case removedEndpointIsStillHeld
    case atMostThreeSecretsSign
    case rotationWithoutOverlapLeavesOneSecret

    // Claims, and endpoints that hold.
    case claimBringsAllThatIsNeededToSend
    case claimIsNobodyElses
    case atMostFourAreUnderWayToAnEndpoint
    case endpointsTakeTurns
    case whatIsNotDueIsNotClaimed
    case pendingEndpointGetsItsTestOnly
    case pausedEndpointHoldsWithoutLoss
    case goneAnswerDisablesTheEndpoint
    case pausedEndpointIsNotActivatedByALateAnswer
    case answerFromAnotherURLChangesNothing
    case goneAnswerLeavesAPendingEndpointPending
    case retryAfterPausesTheWholeEndpoint

    // What workers may write.
    case finishedAttemptIsEvidence
    case deliveredAndExhaustedAreEnds
    case lostClaimChangesNothing
    case lateAnswerAfterTheEndChangesNothing
    case rescueActsPastTheLeaseOnly
    case rescuedDeliveryIsClaimedAnew
    case releaseCountsNothing
    case uncountedFailureUsesUpNothing

    // Sellers that are erased.
    case erasingLeavesNothingThatOpensOrTells
    case erasingTouchesNobodyElse
    case erasingCancelsWhatWaits
    case erasedSellerTakesNothingNew
    case erasureIsDoneOnce
    case erasureNamesEveryDataKey
    case erasureIsRemembered
    case erasedSellersStandInNoList
    case parkedNotificationsGoWithTheirSeller
    case receivedNotificationIsKept

    // What a seller's readiness is judged by.
    case endpointIsJudgedByItsNewestDeliveries
    case spanIsOfTheTypesAskedFor
    case modeChangesAreTheNewestOfEachTerminal

    // What people do with deliveries, and the store's own health.
    case retryMakesADeliveryDueWithAFreshSchedule
    case retryRefusesWhatIsUnderWayOrDone
    case onlyAPendingDeliveryIsCanceled
    case heldDeliveryIsCanceledAndRetriedToo
    case depthCountsWhatWaits
    case deliveryFiltersNarrowTheList
    case storeSaysThatItCanBeWritten
    case closedStoreRefuses

    /// Holds a new, empty store to this promise.
    ///
    /// - Throws: ``BrokenPromise``, or whatever the store refused with when it should not have.
    public func check(on store: any Store) async throws {
        let stage = Stage(store)
        switch self {
        case .sellerIsFoundByIDAndByRef: try await sellerIsFoundByIDAndByRef(stage)
        case .externalRefIsUnique: try await externalRefIsUnique(stage)
        case .sellerUpdateReplacesWhatMayChange: try await sellerUpdateReplacesWhatMayChange(stage)
        case .sellersAreListedNewestFirstInPages: try await sellersAreListedNewestFirstInPages(stage)
        case .sellerFiltersNarrowTheList: try await sellerFiltersNarrowTheList(stage)
        case .dataKeyIsFoundByOwnerAndByID: try await dataKeyIsFoundByOwnerAndByID(stage)
        case .vaultBeginsOnce: try await vaultBeginsOnce(stage)
        case .keyringKeysInUseAreNamedOnce: try await keyringKeysInUseAreNamedOnce(stage)
        case .dataKeysAreCountedByTheirKeyringKey: try await dataKeysAreCountedByTheirKeyringKey(stage)
        case .dataKeysArePagedOldestFirst: try await dataKeysArePagedOldestFirst(stage)
        case .onlyTheNamedKeyringKeyIsReplaced: try await onlyTheNamedKeyringKeyIsReplaced(stage)
        case .sealingsAddUp: try await sealingsAddUp(stage)
        case .dataKeyFollowsTheNewestOnly: try await dataKeyFollowsTheNewestOnly(stage)
        case .applicationIsKeptAsGiven: try await applicationIsKeptAsGiven(stage)
        case .clientIDIsUniqueInItsMode: try await clientIDIsUniqueInItsMode(stage)
        case .applicationUpdateReplacesWhatMayChange: try await applicationUpdateReplacesWhatMayChange(stage)
        case .applicationWithConnectionsStays: try await applicationWithConnectionsStays(stage)
        case .removedApplicationTakesWhatHangsOnIt: try await removedApplicationTakesWhatHangsOnIt(stage)
        case .atMostTwoSecretsOfAKindCount: try await atMostTwoSecretsOfAKindCount(stage)
        case .testUsersAreListedNewestFirst: try await testUsersAreListedNewestFirst(stage)
        case .apiKeyIsKeptAsGiven: try await apiKeyIsKeptAsGiven(stage)
        case .revokedKeyStaysAsItIs: try await revokedKeyStaysAsItIs(stage)
        case .auditLineComesWithItsChange: try await auditLineComesWithItsChange(stage)
        case .failedChangeLeavesNoAuditLine: try await failedChangeLeavesNoAuditLine(stage)
        case .auditIsListedNewestFirst: try await auditIsListedNewestFirst(stage)
        case .linesThatStandAloneComeTogetherOrNotAtAll:
            try await linesThatStandAloneComeTogetherOrNotAtAll(stage)
        case .auditFiltersNarrowTheList: try await auditFiltersNarrowTheList(stage)
        case .auditIsOneChain: try await auditIsOneChain(stage)
        case .endOfAnAttemptBringsItsAuditLine: try await endOfAnAttemptBringsItsAuditLine(stage)
        case .idempotencyRecordIsItsCallersOwn: try await idempotencyRecordIsItsCallersOwn(stage)
        case .idempotencyConflictUndoesTheWholeChange: try await idempotencyConflictUndoesTheWholeChange(stage)
        case .idempotencyKeyIsFreeAgainAfterADay: try await idempotencyKeyIsFreeAgainAfterADay(stage)
        case .forgettingIsBounded: try await forgettingIsBounded(stage)
        case .linkIsFoundByIDAndByToken: try await linkIsFoundByIDAndByToken(stage)
        case .onlyAnOpenLinkIsRevoked: try await onlyAnOpenLinkIsRevoked(stage)
        case .attemptBeginsOnAnOpenLinkOnly: try await attemptBeginsOnAnOpenLinkOnly(stage)
        case .attemptIsConsumedOnceAmongAHundred: try await attemptIsConsumedOnceAmongAHundred(stage)
        case .attemptThatIsOverIsNotConsumed: try await attemptThatIsOverIsNotConsumed(stage)
        case .attemptOfAUsedLinkIsNotConsumed: try await attemptOfAUsedLinkIsNotConsumed(stage)
        case .browserFindsItsNewestAttempt: try await browserFindsItsNewestAttempt(stage)
        case .undoneAttemptStillNamesItsConnection: try await undoneAttemptStillNamesItsConnection(stage)
        case .linkIsAskedForOnce: try await linkIsAskedForOnce(stage)
        case .refusedAccountIsKeptWithItsAttempt: try await refusedAccountIsKeptWithItsAttempt(stage)
        case .linkIsOpenedOnce: try await linkIsOpenedOnce(stage)
        case .endOfAnAttemptTellsItsEvent: try await endOfAnAttemptTellsItsEvent(stage)
        case .attemptsAreForgottenUnlessTheirExchangeIsOpen:
            try await attemptsAreForgottenUnlessTheirExchangeIsOpen(stage)
        case .attemptHasOneExchange: try await attemptHasOneExchange(stage)
        case .answerOfAnExchangeIsKept: try await answerOfAnExchangeIsKept(stage)
        case .droppedAnswerIsLeftToWhoHoldsTheAccount: try await droppedAnswerIsLeftToWhoHoldsTheAccount(stage)
        case .establishingUsesTheLink: try await establishingUsesTheLink(stage)
        case .linkThatWasUsedMeanwhileLinksNothing: try await linkThatWasUsedMeanwhileLinksNothing(stage)
        case .accountOfAnotherSellerIsTaken: try await accountOfAnotherSellerIsTaken(stage)
        case .accountGoesToOneOfManyRacers: try await accountGoesToOneOfManyRacers(stage)
        case .revokedAccountIsFreeAgain: try await revokedAccountIsFreeAgain(stage)
        case .linkingAgainEndsThePreviousConnection: try await linkingAgainEndsThePreviousConnection(stage)
        case .connectionUpdateCountsTheVersionUp: try await connectionUpdateCountsTheVersionUp(stage)
        case .staleVersionChangesNothing: try await staleVersionChangesNothing(stage)
        case .revokingDestroysTheTokens: try await revokingDestroysTheTokens(stage)
        case .connectionFiltersNarrowTheList: try await connectionFiltersNarrowTheList(stage)
        case .awaitingStandsBesideTheOneInUse: try await awaitingStandsBesideTheOneInUse(stage)
        case .confirmingTakesThePlaceOfTheOneInUse: try await confirmingTakesThePlaceOfTheOneInUse(stage)
        case .unconfirmedAreFoundByTheirAge: try await unconfirmedAreFoundByTheirAge(stage)
        case .deauthorizationIsNotedOfTheLinkThatItIsAbout:
            try await deauthorizationIsNotedOfTheLinkThatItIsAbout(stage)
        case .revokingByAnOldVersionChangesNothing: try await revokingByAnOldVersionChangesNothing(stage)
        case .oneRowIsOpenForAGeneration: try await oneRowIsOpenForAGeneration(stage)
        case .unansweredPostBlocksASecondOne: try await unansweredPostBlocksASecondOne(stage)
        case .refusedPostFreesItsGeneration: try await refusedPostFreesItsGeneration(stage)
        case .refreshIsClosedOnce: try await refreshIsClosedOnce(stage)
        case .onlyTheNewestGenerationIsPosted: try await onlyTheNewestGenerationIsPosted(stage)
        case .compareAndSwapDecidesWhoReplaces: try await compareAndSwapDecidesWhoReplaces(stage)
        case .replacingClearsTheDoubt: try await replacingClearsTheDoubt(stage)
        case .tokensOfARevokedConnectionAreNotReplaced: try await tokensOfARevokedConnectionAreNotReplaced(stage)
        case .lastTryTakesThePlaceOfAnUnansweredPost: try await lastTryTakesThePlaceOfAnUnansweredPost(stage)
        case .pairThatLostItsPlaceIsKept: try await pairThatLostItsPlaceIsKept(stage)
        case .keptPairsGoWithTheirAccount: try await keptPairsGoWithTheirAccount(stage)
        case .dueIsWhatHasAThirdOfItsLifeLeft: try await dueIsWhatHasAThirdOfItsLifeLeft(stage)
        case .unansweredPostIsDueForAReview: try await unansweredPostIsDueForAReview(stage)
        case .heldConnectionIsNotDueBeforeItsRelease: try await heldConnectionIsNotDueBeforeItsRelease(stage)
        case .warningIsDueOnceInTheLifeOfAPair: try await warningIsDueOnceInTheLifeOfAPair(stage)
        case .endedIsWhatHasDiedWithoutARefreshToken: try await endedIsWhatHasDiedWithoutARefreshToken(stage)
        case .establishingTellsItsEvent: try await establishingTellsItsEvent(stage)
        case .quarantineIsOfOneOrOfAll: try await quarantineIsOfOneOrOfAll(stage)
        case .quarantineReachesWhoHoldsTokens: try await quarantineReachesWhoHoldsTokens(stage)
        case .quarantinedTokensAreNotDue: try await quarantinedTokensAreNotDue(stage)
        case .callsAreFoundBySecondAndSeller: try await callsAreFoundBySecondAndSeller(stage)
        case .forgettingCallsIsBounded: try await forgettingCallsIsBounded(stage)
        case .restoreMarksEveryPair: try await restoreMarksEveryPair(stage)
        case .restoredPairsAreTriedInTurn: try await restoredPairsAreTriedInTurn(stage)
        case .restoreHoldsWhatWasOpen: try await restoreHoldsWhatWasOpen(stage)
        case .eventReachesEveryMatchingEndpoint: try await eventReachesEveryMatchingEndpoint(stage)
        case .eventIsKeptAsGiven: try await eventIsKeptAsGiven(stage)
        case .topicFilterDecidesWhoGetsAnEvent: try await topicFilterDecidesWhoGetsAnEvent(stage)
        case .installationsEventReachesTheIntegratorOnly: try await installationsEventReachesTheIntegratorOnly(stage)
        case .bodyCarriesTheSequenceThatRises: try await bodyCarriesTheSequenceThatRises(stage)
        case .eventWithoutABodyIsNotRecorded: try await eventWithoutABodyIsNotRecorded(stage)
        case .sixtyFourCopiesAreOneEvent: try await sixtyFourCopiesAreOneEvent(stage)
        case .duplicateWritesNothing: try await duplicateWritesNothing(stage)
        case .sameIdentityElsewhereIsAnotherEvent: try await sameIdentityElsewhereIsAnotherEvent(stage)
        case .parkedNotificationIsRoutedOnce: try await parkedNotificationIsRoutedOnce(stage)
        case .parkedNotificationsAreFoundByAccount: try await parkedNotificationsAreFoundByAccount(stage)
        case .linkedConnectionsWithParkedNotificationsAreFound:
            try await linkedConnectionsWithParkedNotificationsAreFound(stage)
        case .eventFiltersNarrowTheList: try await eventFiltersNarrowTheList(stage)
        case .endpointComesWithItsSecretAndItsTest: try await endpointComesWithItsSecretAndItsTest(stage)
        case .testEventGoesToItsEndpointOnly: try await testEventGoesToItsEndpointOnly(stage)
        case .endpointUpdateWritesItsRowOnly: try await endpointUpdateWritesItsRowOnly(stage)
        case .endpointUpdateLeavesTheStateAlone: try await endpointUpdateLeavesTheStateAlone(stage)
        case .endpointMovesFromTheStatesGivenOnly: try await endpointMovesFromTheStatesGivenOnly(stage)
        case .endpointsAreListedByOwner: try await endpointsAreListedByOwner(stage)
        case .removedEndpointCancelsWhatIsOpen: try await removedEndpointCancelsWhatIsOpen(stage)
        case .removedEndpointIsStillHeld: try await removedEndpointIsStillHeld(stage)
        case .atMostThreeSecretsSign: try await atMostThreeSecretsSign(stage)
        case .rotationWithoutOverlapLeavesOneSecret: try await rotationWithoutOverlapLeavesOneSecret(stage)
        case .claimBringsAllThatIsNeededToSend: try await claimBringsAllThatIsNeededToSend(stage)
        case .claimIsNobodyElses: try await claimIsNobodyElses(stage)
        case .atMostFourAreUnderWayToAnEndpoint: try await atMostFourAreUnderWayToAnEndpoint(stage)
        case .endpointsTakeTurns: try await endpointsTakeTurns(stage)
        case .whatIsNotDueIsNotClaimed: try await whatIsNotDueIsNotClaimed(stage)
        case .pendingEndpointGetsItsTestOnly: try await pendingEndpointGetsItsTestOnly(stage)
        case .pausedEndpointHoldsWithoutLoss: try await pausedEndpointHoldsWithoutLoss(stage)
        case .goneAnswerDisablesTheEndpoint: try await goneAnswerDisablesTheEndpoint(stage)
        case .pausedEndpointIsNotActivatedByALateAnswer: try await pausedEndpointIsNotActivatedByALateAnswer(stage)
        case .answerFromAnotherURLChangesNothing: try await answerFromAnotherURLChangesNothing(stage)
        case .goneAnswerLeavesAPendingEndpointPending: try await goneAnswerLeavesAPendingEndpointPending(stage)
        case .retryAfterPausesTheWholeEndpoint: try await retryAfterPausesTheWholeEndpoint(stage)
        case .finishedAttemptIsEvidence: try await finishedAttemptIsEvidence(stage)
        case .deliveredAndExhaustedAreEnds: try await deliveredAndExhaustedAreEnds(stage)
        case .lostClaimChangesNothing: try await lostClaimChangesNothing(stage)
        case .lateAnswerAfterTheEndChangesNothing: try await lateAnswerAfterTheEndChangesNothing(stage)
        case .rescueActsPastTheLeaseOnly: try await rescueActsPastTheLeaseOnly(stage)
        case .rescuedDeliveryIsClaimedAnew: try await rescuedDeliveryIsClaimedAnew(stage)
        case .releaseCountsNothing: try await releaseCountsNothing(stage)
        case .uncountedFailureUsesUpNothing: try await uncountedFailureUsesUpNothing(stage)
        case .erasingLeavesNothingThatOpensOrTells: try await erasingLeavesNothingThatOpensOrTells(stage)
        case .erasingTouchesNobodyElse: try await erasingTouchesNobodyElse(stage)
        case .erasingCancelsWhatWaits: try await erasingCancelsWhatWaits(stage)
        case .erasedSellerTakesNothingNew: try await erasedSellerTakesNothingNew(stage)
        case .erasureIsDoneOnce: try await erasureIsDoneOnce(stage)
        case .erasureNamesEveryDataKey: try await erasureNamesEveryDataKey(stage)
        case .erasureIsRemembered: try await erasureIsRemembered(stage)
        case .erasedSellersStandInNoList: try await erasedSellersStandInNoList(stage)
        case .parkedNotificationsGoWithTheirSeller: try await parkedNotificationsGoWithTheirSeller(stage)
        case .receivedNotificationIsKept: try await receivedNotificationIsKept(stage)
        case .endpointIsJudgedByItsNewestDeliveries: try await endpointIsJudgedByItsNewestDeliveries(stage)
        case .spanIsOfTheTypesAskedFor: try await spanIsOfTheTypesAskedFor(stage)
        case .modeChangesAreTheNewestOfEachTerminal: try await modeChangesAreTheNewestOfEachTerminal(stage)
        case .retryMakesADeliveryDueWithAFreshSchedule: try await retryMakesADeliveryDueWithAFreshSchedule(stage)
        case .retryRefusesWhatIsUnderWayOrDone: try await retryRefusesWhatIsUnderWayOrDone(stage)
        case .onlyAPendingDeliveryIsCanceled: try await onlyAPendingDeliveryIsCanceled(stage)
        case .heldDeliveryIsCanceledAndRetriedToo: try await heldDeliveryIsCanceledAndRetriedToo(stage)
        case .depthCountsWhatWaits: try await depthCountsWhatWaits(stage)
        case .deliveryFiltersNarrowTheList: try await deliveryFiltersNarrowTheList(stage)
        case .storeSaysThatItCanBeWritten: try await storeSaysThatItCanBeWritten(stage)
        case .closedStoreRefuses: try await closedStoreRefuses(stage)
        }
    }
}
