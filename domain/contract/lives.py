"""The lives that the examples tell: types in order, each life with things and persons of its own.

A type may stand in several, where what follows it needs it there; the first is its example. That
every type is told, that nothing waits and that no rule is broken is tested.
"""

_LIVES = """
adoption.adoption-applied adoption.assessment-completed adoption.parents-search-announced
adoption.parents-search-expired adoption.adoption-registered

adoption.adoption-taken-over

adoption.adoption-applied adoption.adoption-withdrawn

adoption.adoption-applied adoption.adoption-dissolved

adoption.adoption-applied adoption.adoption-revoked

adoption.adoption-applied adoption.adoption-refused

assistance.application-received assistance.application-accepted assistance.decision-deferred
assistance.completion-requested assistance.economic-check-reported assistance.home-visit-recorded
assistance.democratic-review-held assistance.care-level-assessed
assistance.preliminary-opinion-given assistance.notice-posted assistance.objection-filed
assistance.notice-closed assistance.overpayment-found

assistance.application-received assistance.application-accepted assistance.economic-check-reported
assistance.home-visit-recorded assistance.preliminary-opinion-given assistance.notice-posted
assistance.notice-closed assistance.benefit-confirmed assistance.payment-settled
assistance.arrears-paid

assistance.case-taken-over assistance.benefit-adjusted assistance.member-added
assistance.member-removed assistance.support-changed assistance.review-completed
assistance.benefit-suspended assistance.benefit-resumed assistance.termination-notice-posted
assistance.benefit-terminated assistance.payroll-prepared assistance.payroll-approved
assistance.funds-requested assistance.funds-released assistance.payment-instructed
assistance.relief-applied assistance.relief-decided

assistance.case-taken-over assistance.head-changed assistance.household-split
assistance.household-merged assistance.household-moved assistance.income-changed
assistance.payee-changed assistance.recovery-ordered

assistance.case-taken-over assistance.payment-settled assistance.payment-returned

assistance.case-taken-over assistance.payment-settled assistance.overpayment-found
assistance.overpayment-written-off

assistance.relief-applied assistance.relief-decided assistance.relief-papers-completed
assistance.relief-paid

assistance.application-received assistance.benefit-refused

assistance.relief-applied assistance.relief-refused

assistance.case-taken-over assistance.payment-settled assistance.overpayment-found
assistance.recovery-received

children.application-received children.parent-status-verified children.support-confirmed

children.case-taken-over children.support-adjusted children.child-moved children.review-completed
children.support-extended-while-studying children.support-terminated

children.application-received children.support-refused

disability.application-received disability.first-review-done disability.card-verified
disability.notice-posted disability.notice-closed disability.subsidy-approved
disability.subsidy-adjusted

disability.case-taken-over disability.subsidy-reviewed disability.card-changed
disability.card-cancelled

disability.application-received disability.subsidy-refused

disability.case-taken-over disability.subsidy-stopped

disability.case-taken-over disability.subsidy-resumed

disclosure.item-drafted disclosure.item-reviewed disclosure.secrecy-reviewed
disclosure.item-published disclosure.item-corrected disclosure.item-withdrawn

disclosure.item-taken-over

elderly.application-received elderly.allowance-approved elderly.allowance-adjusted
elderly.allowance-stopped

elderly.case-taken-over elderly.allowance-resumed

funeral.keeping-body-taken-over funeral.keeping-body-closed funeral.form-stock-printed
funeral.form-version-activated funeral.form-stock-sealed funeral.form-stock-counted
funeral.form-voided funeral.cremation-recorded

funeral.form-stock-printed funeral.form-version-activated funeral.ashes-certificate-issued

funeral.keeping-body-taken-over funeral.ashes-placed

inspection.object-registered inspection.object-removed inspection.population-snapshot-taken

marriage.divorce-refused marriage.divorce-applied marriage.divorce-withdrawn
marriage.marriage-registered marriage.marriage-refused marriage.registration-revoked
marriage.certificate-voided marriage.marriage-certificate-reissued
marriage.divorce-certificate-reissued marriage.certificate-ceremony-held

marriage.marriage-taken-over

marriage.divorce-application-taken-over marriage.divorce-lapsed

marriage.divorce-applied marriage.divorce-registered marriage.divorce-registration-revoked

marriage.divorce-taken-over

marriage.marriage-registered marriage.court-judgment-filed

officers.department-established officers.department-abolished officers.post-licence-required
officers.post-licence-released officers.officer-taken-over officers.officer-transferred
officers.officer-seconded officers.officer-returned officers.officer-left officers.exam-passed
officers.licence-suspended officers.licence-resumed officers.licence-revoked
officers.adviser-engaged officers.adviser-engagement-ended officers.legal-service-recorded

officers.officer-joined

officers.officer-taken-over officers.licence-taken-over officers.licence-issued

organisations.organisation-taken-over inspection.population-snapshot-taken
inspection.random-draw-performed inspection.drawn-object-exempted inspection.inspection-notified
inspection.inspection-cancelled inspection.enforcement-information-published
inspection.enforcement-information-withdrawn organisations.establishment-applied
organisations.establishment-accepted organisations.registered-item-changed
organisations.charter-approved organisations.annual-report-filed organisations.listed-as-abnormal
organisations.delisted-from-abnormal organisations.listed-as-serious-breach
organisations.zombie-identified organisations.zombie-disposed organisations.liquidation-completed
organisations.deregistered organisations.register-counted

organisations.organisation-taken-over inspection.inspection-conducted
inspection.rectification-ordered inspection.rectification-verified inspection.case-transferred
inspection.inspection-result-published organisations.registration-announced
organisations.council-elected organisations.principals-filed organisations.certificate-replaced

organisations.establishment-approved

organisations.organisation-taken-over organisations.registration-revoked

organisations.establishment-applied organisations.establishment-refused

outreach.study-session-scheduled outreach.study-session-held outreach.study-session-cancelled
outreach.station-activity-held outreach.publicity-held outreach.training-held
outreach.guide-issued outreach.notice-board-updated outreach.law-list-compiled
outreach.work-report-heard outreach.work-deployed outreach.charity-drive-opened
outreach.charity-participant-joined outreach.charity-donation-recorded
outreach.charity-turnout-counted outreach.charity-drive-reported

penalties.clue-registered penalties.case-filed penalties.evidence-taken
penalties.evidence-preserved penalties.preserved-evidence-handled penalties.legal-review-failed
penalties.prior-notice-served penalties.statement-heard penalties.hearing-requested
penalties.penalty-decided

penalties.clue-registered penalties.legal-review-passed penalties.hearing-held
penalties.penalty-served penalties.fine-paid penalties.case-closed

penalties.clue-registered penalties.penalty-published penalties.penalty-varied
penalties.penalty-revoked

penalties.clue-registered penalties.penalty-publication-withdrawn

penalties.clue-registered penalties.case-filed penalties.penalty-not-imposed

placename.batch-adopted placename.name-taken-over placename.assessment-reported
placename.expert-review-held placename.opinions-collected placename.name-approved
placename.name-filed placename.name-announced placename.name-entered-in-gazetteer
placename.sign-erected placename.name-changed placename.name-extent-changed placename.name-retired

placename.naming-proposed

rectification.finding-dismissed

rectification.finding-upheld rectification.finding-rectified

rectification.finding-upheld rectification.recovery-waived

reporting.report-section-written reporting.report-drafted reporting.report-reviewed
reporting.report-signed reporting.report-published

reporting.report-section-written reporting.report-corrected reporting.plan-signed
reporting.release-section-recorded reporting.release-files-recorded reporting.released
reporting.release-shown-at

standards.standard-adopted standards.raise-implemented standards.arrears-batch-approved

villages.village-taken-over outreach.training-held outreach.training-attended
villages.village-renamed villages.village-abolished

villages.village-established
"""

LIVES: tuple[tuple[str, ...], ...] = tuple(tuple(life.split()) for life in _LIVES.split("\n\n"))
