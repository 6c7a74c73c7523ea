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

    // Replays.
    case replayMakesWhatItFindsDueOnceUnderTheSameID
    case replayGoesOnWhereItWas
    case replayUsesATenthWhileOthersWait
    case replayKeepsTheOrderOfAResourceAndBlocksNobody
    case replayWaitsForAnEndpointThatDoesNotAnswer
    case canceledReplayMakesNothingDueAnyMore
    case oneReplayAtATimeGoesToAnEndpoint
    // Retention.
    case payloadIsForgottenOnceAllItsDeliveriesHaveEnded
    case forgottenPayloadIsNeitherReadNorSentAgain
    case parkedNotificationIsKeptWhileItMayBeRouted
    case payloadIsKeptForAsLongAfterItsLastDeliveryEnded
    case notificationIsKnownForAsLongAsItsIdentityIsKept
    case attemptsAreForgottenOfWhatHasEnded
    case deliveryThatHasNotEndedIsNeverForgotten
    case nothingIsForgottenBeyondTheLimit
    // Proof.
    case provenEventIsToldAtOnceWithTheProvidersWord
    case eventThatNobodyProvesIsToldWithIdsAlone
    case receiverThatWantsNoProofIsToldAtOnce
    case disputedEventIsHeldAndHoldsUpNothing
    case contradictedEventGoesToNobodyButTheOperators
    case passedOnClaimWaitsForItsProof
    case deliveryGivenUpForWantOfProofIsProvedAgain
    case proofIsTakenAgainWhenItsTakerWentAway
    case proofThatComesAfterTheReceiverWasToldChangesNothing
    case proofSendsNothingThatIsHeldSinceARestore
    // The feed.
    case feedGoesOnFromWhereItsReaderWas
    case parkedEventComesToTheFeedWhenItIsRouted

    // Order, and lines.
    case earlierOfALineGoesFirst
    case linesDoNotWaitForEachOther
    case endOfTheEarlierFreesTheLater
    case whatFailsForLongIsOvertaken
    case outageChangesNoOrder
    case strictOrderIsNeverOvertaken
    case unorderedEndpointWaitsForNothing
    case urgentEventGoesFirst
    case placeInLineHasNoGap
    case reopenedDeliveryIsNotSentBesideItsLine
    case whatWaitedForThirtyDaysIsGivenUp

    // Health, rates and shares.
    case breakerOpensAndOneProbeGoes
    case probesThatSucceedCloseTheBreaker
    case everySecondProbeIsTheNewest
    case silenceOfFiveDaysDisables
    case poisonEventOpensNothing
    case overloadLowersTheConcurrency
    case resumedEndpointBeginsGently
    case rateIsKeptWithoutClaimsInVain
    case concurrencyIsTheEndpointsOwn
    case oneOwnerLeavesPlacesToOthers

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
    case processThatHasTheStoreForItselfRescuesEveryLease
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
    case whatEndedIsSentAgainUnderItsEvent
    case endpointsThatCameLaterGetWhatIsSentAgain
    case whatIsSentAgainIsInNobodysWay
    case onlyWhatGoesToEndpointsIsSentAgain
    case depthCountsWhatThereIs
    case deliveryFiltersNarrowTheList
    case storeSaysThatItCanBeWritten
    case closedStoreRefuses
}
