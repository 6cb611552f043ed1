/**
 * A refusal, and the one catalogue of reasons we refuse for. Every issue an exchange user meets has its own
 * code here, so that an EPR vendor can branch on it and a tester can count on it.
 *
 * HTTP status follows from the catalogue (DESIGN section 6): a caller never picks a status by hand.
 * Diagnostics tell the sender what to do and never quote patient data: name the element, the rule and what is
 * allowed, not the value that was found, unless it is a code from a published code system.
 */

import type { r4 } from './resource.ts'

/** Codes of http://hl7.org/fhir/ValueSet/issue-type that this service uses. */
export type IssueType =
  | 'invalid'
  | 'structure'
  | 'required'
  | 'value'
  | 'invariant'
  | 'security'
  | 'login'
  | 'expired'
  | 'forbidden'
  | 'processing'
  | 'not-supported'
  | 'duplicate'
  | 'multiple-matches'
  | 'not-found'
  | 'deleted'
  | 'too-long'
  | 'code-invalid'
  | 'extension'
  | 'business-rule'
  | 'conflict'
  | 'transient'
  | 'exception'
  | 'timeout'
  | 'throttled'
  | 'informational'

export type Severity = 'fatal' | 'error' | 'warning' | 'information'

interface CatalogueEntry {
  /** HTTP status of an answer whose worst issue this is. */
  readonly status: number
  readonly type: IssueType
  readonly severity: Severity
  /** What the code means, for the CodeSystem; one sentence. */
  readonly meaning: string
}

const entry = (status: number, type: IssueType, meaning: string, severity: Severity = 'error'): CatalogueEntry => ({
  status,
  type,
  severity,
  meaning,
})

/** The catalogue. Keys are codes of CodeSystem `problem` and never change their meaning. */
export const catalogue = {
  // --- the text of a body ---
  'json-malformed': entry(400, 'structure', 'The body is not JSON.'),
  'json-duplicate-key': entry(
    400,
    'structure',
    'An object names the same property twice, so readers could disagree about its value.',
  ),
  'json-character-invalid': entry(
    400,
    'structure',
    'A text of the body holds U+0000 or half of a surrogate pair, which no text can be.',
  ),
  'json-too-deep': entry(400, 'too-long', 'Objects and arrays are nested deeper than the limit.'),
  'body-missing': entry(400, 'required', 'The interaction needs a body and none was sent.'),
  'body-too-large': entry(413, 'too-long', 'The body is larger than the limit.'),
  'bundle-too-many-entries': entry(413, 'too-long', 'The Bundle has more entries than the limit.'),
  // --- the envelope ---
  'request-malformed': entry(400, 'invalid', 'The request is not readable HTTP, or its address is not a readable URL.'),
  'request-head-too-large': entry(431, 'too-long', 'The address and headers together are larger than the limit.'),
  'request-timeout': entry(408, 'timeout', 'The request did not arrive completely within the time allowed.'),
  'content-type-unsupported': entry(415, 'not-supported', 'The content type of the body is not FHIR JSON.'),
  'content-encoding-unsupported': entry(415, 'not-supported', 'The body is compressed in a way that is not read.'),
  'content-encoding-broken': entry(400, 'structure', 'The body cannot be unpacked.'),
  'accept-unsupported': entry(406, 'not-supported', 'None of the formats asked for can be sent.'),
  'unknown-endpoint': entry(404, 'not-supported', 'There is nothing at this address.'),
  'unknown-type': entry(404, 'not-supported', 'The resource type is not one this service exposes.'),
  'interaction-unsupported': entry(405, 'not-supported', 'The interaction is not offered here.'),
  'unknown-parameter': entry(400, 'not-supported', 'A query parameter is not known here.'),
  'parameter-invalid': entry(400, 'invalid', 'A query parameter has a value that cannot be read.'),
  'search-code-unknown': entry(
    400,
    'code-invalid',
    'A search asks for a code that no resource can have: it is answered with nothing, and with this hint.',
    'warning',
  ),
  'header-invalid': entry(400, 'invalid', 'A request header has a value that cannot be read.'),
  'page-link-invalid': entry(400, 'invalid', 'The page link was not made by this service or belongs to somebody else.'),
  'cursor-invalid': entry(400, 'invalid', 'The cursor was not made by this service or belongs to somebody else.'),
  'cursor-expired': entry(410, 'not-found', 'The cursor belongs to a log that this service no longer has.'),
  'login-required': entry(401, 'login', 'No usable access token came with the request.'),
  'token-invalid': entry(401, 'login', 'The access token proves nothing: altered, foreign, or for another service.'),
  'token-expired': entry(401, 'expired', 'The access token is no longer good.'),
  'login-unavailable': entry(503, 'transient', 'The keys that the access token is checked with are out of reach.'),
  'identity-unknown': entry(403, 'forbidden', 'The access token does not say for whom its bearer may act here.'),
  'scope-missing': entry(403, 'forbidden', 'The access token does not allow this.'),
  'role-forbidden': entry(403, 'forbidden', 'The caller’s role may not do this.'),
  'break-glass-reason-missing': entry(400, 'required', 'The glass is broken without a reason.'),
  'scheme-unknown': entry(403, 'forbidden', 'No scheme of the manufacturer is known.'),
  // --- identity, versions ---
  'not-found': entry(404, 'not-found', 'There is no such resource for this caller.'),
  'version-not-found': entry(404, 'not-found', 'The resource has no such version.'),
  deleted: entry(410, 'deleted', 'The resource was deleted.'),
  'update-as-create': entry(405, 'not-supported', 'The service assigns ids: a resource cannot be created by PUT.'),
  'if-match-required': entry(428, 'required', 'A change must say which version it changes.'),
  'version-conflict': entry(412, 'conflict', 'The resource has changed since the version the caller read.'),
  'multiple-matches': entry(412, 'multiple-matches', 'A condition matched more than one resource.'),
  'condition-mismatch': entry(409, 'conflict', 'The id is that of a resource which the condition does not match.'),
  'still-referenced': entry(409, 'conflict', 'Something still refers to the resource, so it is not deleted.'),
  'deletion-not-allowed': entry(409, 'business-rule', 'The resource is past the state in which it may be deleted.'),
  'condition-missing': entry(400, 'required', 'Neither an id nor a condition says which resource is meant.'),
  'id-mismatch': entry(400, 'value', 'The id in the body is not the id in the address.'),
  'type-mismatch': entry(400, 'value', 'The resource type in the body is not the one in the address.'),
  valid: entry(200, 'informational', 'Validation found nothing wrong.', 'information'),
  done: entry(200, 'informational', 'The request was carried out.', 'information'),
  'stored-already': entry(
    200,
    'informational',
    'What was validated was sent before, and would not be made again.',
    'information',
  ),
  // --- ours ---
  'internal-error': entry(500, 'exception', 'The service failed; the request was not carried out.'),
  'polling-too-fast': entry(429, 'throttled', 'The client polls more often than the service allows.'),
  'requests-too-fast': entry(
    429,
    'throttled',
    'The client, or its organisation, sends more requests than the service allows.',
  ),
  'waiting-too-many': entry(429, 'throttled', 'Too many requests of one organisation wait for news at a time.'),
  busy: entry(503, 'transient', 'The service cannot take the request now; the same request may be sent again later.'),
  'database-unavailable': entry(
    503,
    'transient',
    'The store cannot be reached or written now; the same request may be sent again.',
  ),
  // --- structure of a resource (R4 definitions) ---
  'structure-resource-type': entry(400, 'structure', 'A resource does not say which R4 resource type it is.'),
  'structure-unknown-property': entry(400, 'structure', 'An object has a property that R4 does not know.'),
  'structure-wrong-type': entry(400, 'structure', 'A value has another JSON type than R4 gives the element.'),
  'structure-not-a-list': entry(400, 'structure', 'A single value was sent where R4 has a list.'),
  'structure-too-many': entry(400, 'structure', 'A list was sent where R4 allows a single value.'),
  'structure-null': entry(400, 'structure', 'A property is null, which says nothing.'),
  'structure-empty': entry(400, 'structure', 'A string, list or object is empty.'),
  'structure-list-unaligned': entry(
    400,
    'structure',
    'A list of values and the list of their extensions differ in length, so it is unclear what belongs together.',
  ),
  'structure-issues-cut': entry(400, 'too-long', 'There are more issues than are told in one answer.'),
  'structure-required': entry(422, 'required', 'An element that R4 requires is missing.'),
  'structure-choice': entry(422, 'structure', 'A choice element was sent with more than one type.'),
  'primitive-invalid': entry(422, 'value', 'A value does not have the form of its R4 data type.'),
  'code-not-in-value-set': entry(422, 'code-invalid', 'A code is not in the value set that R4 requires.'),
  'reference-invalid': entry(422, 'value', 'A reference has none of the forms that R4 allows.'),
  'reference-target': entry(422, 'value', 'A reference points to a resource type that the element does not allow.'),
  'extension-invalid': entry(
    422,
    'extension',
    'An extension has both or neither of a value and extensions of its own.',
  ),
  'modifier-extension-unknown': entry(
    422,
    'extension',
    'A modifier extension is not understood, so the element cannot be acted on safely.',
  ),
  'narrative-unsafe': entry(422, 'invariant', 'The narrative is not the plain XHTML that R4 allows.'),
  'narrative-namespace': entry(422, 'invariant', 'The <div> of a narrative does not say that it is XHTML.'),
  'element-id-twice': entry(422, 'duplicate', 'Two elements of a resource have the same id.'),
  'oid-short': entry(422, 'value', 'An OID is one of the first arcs of the tree, which no system is named by.'),
  'uri-not-absolute': entry(422, 'value', 'A URI that means the same everywhere is not absolute.'),
  'identifier-not-uri': entry(422, 'value', 'An identifier is said to be a URI and is none.'),
  'security-label-twice': entry(422, 'duplicate', 'A security label stands twice.'),
  'attachment-size': entry(422, 'value', 'The size of an attachment is not that of its data.'),
  'attachment-hash': entry(422, 'value', 'The hash of an attachment is not that of its data: something got lost.'),
  'white-space-outside': entry(422, 'value', 'A text begins or ends with white space.', 'warning'),
  'code-without-system': entry(
    422,
    'code-invalid',
    'A code has no system, so that nobody can tell its meaning.',
    'warning',
  ),
  'code-unknown': entry(422, 'code-invalid', 'A code is not in its code system, as R4 or a package publishes it.'),
  'code-not-recommended': entry(
    422,
    'code-invalid',
    'A code is not in the value set that R4 recommends for the element.',
    'warning',
  ),
  'bundle-full-url': entry(422, 'value', 'The fullUrl of an entry is missing, or does not identify its resource.'),
  'bundle-link-twice': entry(422, 'duplicate', 'A Bundle has two links of a relation that it has once.'),
  'bundle-link-relation': entry(422, 'value', 'A Bundle that does not come in pages has a link to another page.'),
  'bundle-reference': entry(422, 'not-found', 'A reference names an entry of the Bundle otherwise than its fullUrl.'),
  'bundle-search-entry': entry(422, 'value', 'An entry of a searchset is not what such an entry holds.'),
  'bundle-entry-unreachable': entry(422, 'structure', 'An entry of a document or message hangs on nothing.'),
  'contained-id-twice': entry(422, 'duplicate', 'Two contained resources have the same id.'),
  invariant: entry(422, 'invariant', 'A rule of the R4 definitions does not hold; the diagnostics begin with its key.'),
  // --- profiles (ours, those of loaded packages) ---
  'profile-unknown': entry(
    422,
    'not-found',
    'A resource claims a profile that is not loaded here, so it was not checked against it.',
    'warning',
  ),
  'profile-type': entry(422, 'structure', 'A value has a type that the profile does not allow here.'),
  'profile-required': entry(422, 'required', 'An element, or a slice of it, that a profile requires is missing.'),
  'profile-too-many': entry(422, 'structure', 'An element, or a slice of it, occurs more often than a profile allows.'),
  'profile-value': entry(422, 'value', 'A value is not the one that a profile fixes, or outside its bounds.'),
  'profile-binding': entry(422, 'code-invalid', 'No code is in the value set that a profile names.'),
  'profile-target': entry(422, 'value', 'A reference points to something that a profile does not allow there.'),
  'profile-slice': entry(422, 'structure', 'An item of a sliced list fits no slice, or stands in the wrong order.'),
  'profile-invariant': entry(
    422,
    'invariant',
    'A rule of a profile does not hold; the diagnostics begin with its key.',
  ),
  'extension-context': entry(422, 'extension', 'An extension stands where its definition does not allow it.'),
  'extension-part-unknown': entry(422, 'extension', 'An extension holds a part that its definition does not know.'),
  'extension-version': entry(422, 'extension', 'The url of an extension carries a version, which it never does.'),
  // --- rules for the authors of definitions ---
  'questionnaire-condition': entry(
    422,
    'business-rule',
    'An item depends on a question that is not there, or not before it.',
  ),
  'code-system-content': entry(422, 'business-rule', 'A code system holds other concepts than it says.'),
  'code-system-property': entry(422, 'business-rule', 'A property of a code system contradicts another or its uri.'),
  'value-set-filter': entry(422, 'value', 'A filter has a value that its code system cannot have.'),
  'concept-map-code': entry(422, 'code-invalid', 'A map has a code that what it maps from or to has not.'),
  'definition-expression': entry(422, 'value', 'An expression is no FHIRPath, or leads nowhere.'),
  'definition-path': entry(422, 'not-found', 'A profile constrains an element that its type does not have.'),
  'definition-inconsistent': entry(422, 'business-rule', 'A definition contradicts itself or what it builds on.'),
  // --- a response against its questionnaire ---
  'questionnaire-unknown': entry(
    422,
    'not-found',
    'A response names a questionnaire that is not known here, so it was not checked against it.',
    'warning',
  ),
  'questionnaire-item-unknown': entry(
    422,
    'not-found',
    'An item of a response has no question in the questionnaire, or not in this place.',
  ),
  'questionnaire-item-order': entry(422, 'structure', 'Items of a response stand in another order than the questions.'),
  'questionnaire-item-disabled': entry(
    422,
    'business-rule',
    'An item answers what, by the other answers, is not asked.',
  ),
  'questionnaire-item-text': entry(422, 'value', 'An item of a response has other words than its question.'),
  'questionnaire-nesting': entry(
    422,
    'structure',
    'A group has an answer, or a question has items outside of its answers.',
  ),
  'questionnaire-too-many': entry(422, 'structure', 'A question is answered more than once that may not be.'),
  'questionnaire-answer-missing': entry(422, 'required', 'A question that must be answered is not.'),
  'questionnaire-answer-type': entry(422, 'structure', 'An answer is of another type than the question asks for.'),
  'questionnaire-answer-option': entry(422, 'code-invalid', 'An answer is none of the options of its question.'),
  'questionnaire-answer-length': entry(
    422,
    'too-long',
    'An answer is longer than the questionnaire provides for.',
    'warning',
  ),
  // --- a report against its measure ---
  'measure-unknown': entry(
    422,
    'not-found',
    'A report names a measure that is not known here, so it was not checked against it.',
    'warning',
  ),
  'measure-part-unknown': entry(
    422,
    'not-found',
    'A group, population or stratifier of a report has not the code of one in the measure, or that of another.',
  ),
  'measure-part-missing': entry(422, 'required', 'A group, population or stratifier of a measure is not reported.'),
  'measure-score': entry(422, 'business-rule', 'A group has no score, one that it cannot have, or one too many.'),
  'measure-subjects': entry(422, 'business-rule', 'The subjects of a report are not those that its type asks for.'),
  // --- patches ---
  'patch-invalid': entry(400, 'structure', 'The patch is not one that can be read.'),
  'patch-not-applicable': entry(422, 'processing', 'The patch does not fit the resource as it is.'),
  'patch-test-failed': entry(422, 'conflict', 'The resource is not as a test of the patch expects.'),
  'patch-identity': entry(422, 'business-rule', 'The patch touches what identifies the resource and its version.'),
  // --- search ---
  'too-many-included': entry(413, 'too-long', 'A page of a search would include more resources than are allowed.'),
  'page-link-expired': entry(410, 'deleted', 'A page link is older than pages are kept.'),
  'unknown-modifier': entry(400, 'not-supported', 'A search parameter has a modifier that is not offered for it.'),
  // --- bundles and references ---
  'bundle-type-unsupported': entry(400, 'not-supported', 'The Bundle type is not processed at this address.'),
  'batch-reference': entry(400, 'business-rule', 'An entry of a batch refers to one that the batch creates.'),
  'bundle-entry-invalid': entry(400, 'structure', 'A Bundle entry lacks what its processing needs.'),
  'reference-unresolved': entry(422, 'not-found', 'A reference points to nothing that the caller can see.'),
  'reference-shows-others': entry(422, 'business-rule', 'A reference would show one trust what another has sent.'),
  'indexed-too-long': entry(
    422,
    'too-long',
    'A code, identifier, reference or URI is longer than can be searched for.',
  ),
  'duplicate-content': entry(409, 'duplicate', 'The identifier was used before for other content.'),
  'idempotency-key-reused': entry(409, 'duplicate', 'The Idempotency-Key was used before for another request.'),
  'message-event-unsupported': entry(422, 'not-supported', 'The message event is not processed here.'),
  'cancel-unanswered': entry(404, 'not-found', 'The provider has not answered the wish to cancel yet.'),
  'cancel-message-unknown': entry(404, 'not-found', 'No message that is known here awaits this answer.'),
  'cancel-message-ambiguous': entry(422, 'multiple-matches', 'Several messages may be meant: one must be named.'),
  'message-unidentified': entry(
    422,
    'required',
    'The message has no identity, so a repeat could not be told from a second order.',
  ),
  'identity-twice': entry(400, 'duplicate', 'Two entries of the Bundle concern the same resource.'),
  // --- homecare ---
  'transition-not-yours': entry(403, 'forbidden', 'The step exists, but another party takes it.'),
  'transition-not-allowed': entry(422, 'business-rule', 'The step is not allowed in the present state.'),
  'transition-requirement': entry(422, 'business-rule', 'Something must be true or present before this step.'),
  'state-unknown': entry(422, 'code-invalid', 'Status and business status are no state of the lifecycle.'),
  'state-ambiguous': entry(422, 'required', 'The status alone does not say which state is meant.'),
  'state-final': entry(422, 'business-rule', 'The work has ended and does not change any more.'),
  'reason-required': entry(422, 'required', 'The step needs a coded reason.'),
  'reason-not-in-list': entry(422, 'code-invalid', 'The reason is not one of those allowed for the step.'),
  'element-frozen': entry(422, 'business-rule', 'An element that may not change was changed.'),
  'order-group-missing': entry(422, 'required', 'A prescription does not say which order it belongs to.'),
  'order-provider-missing': entry(422, 'required', 'A prescription does not name the homecare provider.'),
  'order-provider-ambiguous': entry(422, 'business-rule', 'A prescription names two homecare providers.'),
  'order-subject-missing': entry(422, 'required', 'A prescription does not refer to its patient.'),
  'order-items-disagree': entry(422, 'business-rule', 'Items of one order name different patients or providers.'),
  'order-closed-to-items': entry(409, 'conflict', 'The order was taken by the provider: no item can join it.'),
  'amount-not-positive': entry(422, 'value', 'A supply is of nothing, or lasts for no time.'),
  'reported-not-prescribed': entry(
    422,
    'business-rule',
    'A live order says that it is a report of what somebody else has prescribed.',
    'warning',
  ),
  'not-to-be-given': entry(422, 'business-rule', 'An order for a medicine that is not to be given.'),
  'subject-ambiguous': entry(422, 'business-rule', 'The reference and the NHS number in subject name two patients.'),
  'medicine-in-use': entry(409, 'conflict', 'What is prescribed already would become another medicine.'),
  'person-in-use': entry(
    409,
    'conflict',
    'The patient or prescriber of live prescriptions would become somebody else.',
  ),
  'prescription-duplicate': entry(409, 'duplicate', 'The prescription was sent before with other content.'),
  'dispense-duplicate': entry(409, 'duplicate', 'The dispense was reported before with other content.'),
  'dispense-prescription-missing': entry(422, 'required', 'The dispense does not say which prescription it supplies.'),
  'dispense-prescription-inactive': entry(422, 'business-rule', 'The prescription may not be dispensed now.'),
  'dispense-order-not-accepted': entry(422, 'business-rule', 'The order is not in a state in which it is dispensed.'),
  'dispense-not-of-order': entry(422, 'business-rule', 'The dispense does not belong to the order or supply it names.'),
  'dispense-label-differs': entry(
    422,
    'business-rule',
    'The directions of a dispense ask for another dose, or more or fewer doses, than the prescription.',
  ),
  'dispense-medication-differs': entry(422, 'business-rule', 'The medication is not the one prescribed.'),
  'dispense-quantity-missing': entry(422, 'required', 'The quantity supplied is not stated.'),
  'dispense-quantity-unit': entry(422, 'business-rule', 'The quantity is in another unit than the one prescribed.'),
  'dispense-exceeds-authorised': entry(
    422,
    'business-rule',
    'More would be supplied than the prescription authorises.',
  ),
  'dispense-exceeds-supply': entry(422, 'business-rule', 'More would be supplied in one supply than one supply holds.'),
  'dispense-batch-expired': entry(422, 'business-rule', 'The goods were handed over after their batch had expired.'),
  'dispense-times-reversed': entry(422, 'business-rule', 'Handed over before it was prepared.'),
  'dispense-handover-missing': entry(422, 'required', 'A completed dispense does not say when it was handed over.'),
  'prescription-expired': entry(422, 'business-rule', 'The prescription is past its validity.'),
  'time-implausible': entry(422, 'value', 'A time lies more than 24 hours ahead or cannot be read.'),
  'status-reason-misplaced': entry(422, 'business-rule', 'A reason is given for a status that has none.'),
  'patient-deceased': entry(422, 'business-rule', 'The patient is recorded as having died.'),
  'record-duplicate': entry(
    409,
    'duplicate',
    'The sender’s organisation keeps another record with the same identifier: conditions by it match more than one.',
    'warning',
  ),
  'prescription-concurrent': entry(
    422,
    'business-rule',
    'The patient has another live order for the same medicine, and neither says that it replaces the other.',
  ),
  'prior-prescription-differs': entry(
    422,
    'business-rule',
    'The prescription that is to be replaced belongs to another patient or another trust.',
  ),
  'nhs-number-invalid': entry(422, 'value', 'An NHS number has not ten digits with the right check digit.'),
  'nhs-number-missing': entry(
    422,
    'required',
    'A patient has no NHS number, and it is not said why and by which other number the patient is known.',
  ),
  'ods-code-invalid': entry(422, 'value', 'An ODS code has not the form of one.'),
  'gmc-number-invalid': entry(422, 'value', 'A GMC number has not the form of one.'),
  'gphc-number-invalid': entry(422, 'value', 'A GPhC registration number has not the form of one.'),
  'nmc-pin-invalid': entry(422, 'value', 'An NMC PIN has not the form of one.'),
  'order-number-invalid': entry(
    422,
    'value',
    'A prescription order number has the wrong form or the wrong check character.',
  ),
  'medicine-not-named': entry(422, 'required', 'A prescription refers to a Medication that names no medicine.'),
  'item-number-twice': entry(422, 'duplicate', 'Two items carry the same prescription item number.'),
  'snomed-form': entry(422, 'code-invalid', 'A code cannot be one of SNOMED CT.'),
  'dmd-form': entry(422, 'code-invalid', 'A code cannot be one of dm+d.'),
  'ucum-form': entry(422, 'code-invalid', 'A code is not one of UCUM.'),
  'terminology-code-unknown': entry(422, 'code-invalid', 'The terminology server does not know the code.'),
  'terminology-unavailable': entry(
    422,
    'transient',
    'A code could not be checked, because the terminology server did not answer.',
    'warning',
  ),
  'course-of-therapy-mixed': entry(422, 'business-rule', 'Items of one order are of different courses of therapy.'),
  'category-not-homecare': entry(
    422,
    'business-rule',
    'The category is neither of those that homecare prescriptions use.',
    'warning',
  ),
  'prescription-type-not-homecare': entry(
    422,
    'business-rule',
    'The prescription type is not one of homecare.',
    'warning',
  ),
  'repeats-not-stated': entry(422, 'required', 'A repeatable prescription does not say how often it may be repeated.'),
  'repeat-duration-missing': entry(
    422,
    'required',
    'A prescription with repeats does not say how long one supply lasts.',
    'warning',
  ),
  'particulars-date-missing': entry(422, 'required', 'The prescription has no date.'),
  'particulars-patient-missing': entry(422, 'required', 'The patient has no name or no address.'),
  'patient-by-identifier-alone': entry(
    422,
    'business-rule',
    'The patient is told by an identifier alone, so that the provider has no name and no address.',
    'warning',
  ),
  'particulars-birth-date-missing': entry(
    422,
    'required',
    'The patient has no full date of birth, so nobody can tell an age under 12.',
  ),
  'particulars-prescriber-address-missing': entry(
    422,
    'required',
    'No address of the prescriber can be found.',
    'warning',
  ),
  'particulars-prescriber-missing': entry(422, 'required', 'The prescription does not say who prescribes.'),
  'particulars-prescriber-kind-missing': entry(
    422,
    'required',
    'It is not said what kind of practitioner the prescriber is.',
    'warning',
  ),
  'birth-date-implausible': entry(422, 'value', 'A date of birth lies in the future or more than 130 years back.'),
  'authored-in-future': entry(422, 'value', 'A prescription is dated more than 24 hours ahead.'),
  'prescription-out-of-date': entry(
    422,
    'business-rule',
    'More than six months have passed since the appropriate date of a new prescription.',
  ),
  'validity-too-long': entry(
    422,
    'business-rule',
    'The validity is longer than a prescription of its kind is good for.',
    'warning',
  ),
  'controlled-drug': entry(
    422,
    'business-rule',
    'The medicine is a controlled drug of Schedule 1, 2 or 3, which may not travel this way.',
  ),
  'dosage-missing': entry(422, 'required', 'The prescription says nothing about how the medicine is to be taken.'),
  'dosage-sequence-missing': entry(
    422,
    'required',
    'Several dosage instructions do not say in which order or together they are taken.',
  ),
  'dose-unit-missing': entry(422, 'required', 'A dose has no unit.'),
  'dose-not-positive': entry(422, 'value', 'A dose is nothing or less.'),
  'unit-contradicts-code': entry(422, 'business-rule', 'The words of a unit and its code are different units.'),
  'alternate-doses-every-day': entry(
    422,
    'business-rule',
    'Two doses are given by turns in words, and each of them every time in the timing.',
    'warning',
  ),
  'dosage-words-contradict-timing': entry(
    422,
    'business-rule',
    'The words of a dosage instruction and its structured timing give different frequencies.',
  ),
  'dosage-words-contradict-dose': entry(
    422,
    'business-rule',
    'The words of a dosage instruction and its structured dose give different amounts.',
  ),
  'weekly-medicine-too-often': entry(
    422,
    'business-rule',
    'A medicine that is given by the week is to be given more often.',
  ),
  'weekly-medicine-unclear': entry(
    422,
    'business-rule',
    'A medicine that is given by the week has no directions that say so.',
    'warning',
  ),
  'dose-interval-too-short': entry(
    422,
    'business-rule',
    'A medicine is to be given many times as often as it is licensed to be.',
  ),
  'dose-interval-short': entry(
    422,
    'business-rule',
    'A medicine is to be given more often than it is licensed to be.',
    'warning',
  ),
  'dose-notation-unsafe': entry(
    422,
    'business-rule',
    'A dose is written in a way that is known to be misread as another dose or interval.',
    'warning',
  ),
  'dose-notation-abbreviated': entry(
    422,
    'business-rule',
    'A unit is abbreviated that is to be written in full.',
    'information',
  ),
  'brand-missing': entry(
    422,
    'business-rule',
    'A medicine that is prescribed by brand is named without one.',
    'warning',
  ),
  'medicine-without-code': entry(422, 'business-rule', 'A medicine has no code of dm+d.', 'warning'),
  'medicine-by-code-alone': entry(
    422,
    'business-rule',
    'The medicine is told by a code without a name, so that checks by name do not see it.',
    'warning',
  ),
  'dispense-batch-missing': entry(
    422,
    'business-rule',
    'A report of a biological medicine that was handed over does not tell its batch.',
    'warning',
  ),
  'batch-expires-in-use': entry(
    422,
    'business-rule',
    'A batch expires before the days that were supplied of it are over.',
    'warning',
  ),
  'quantity-unit-unfit': entry(
    422,
    'business-rule',
    'The quantity is in a unit that does not go with the form of the product.',
    'warning',
  ),
  'quantity-unit-missing': entry(422, 'required', 'A quantity to be supplied has no unit.', 'warning'),
  'quantity-missing': entry(422, 'required', 'The quantity of one supply is not stated.', 'warning'),
  'quantity-far-from-dose': entry(
    422,
    'business-rule',
    'The quantity is far from what dose, frequency and duration come to.',
  ),
  'quantity-differs-from-dose': entry(
    422,
    'business-rule',
    'The quantity differs from what dose, frequency and duration come to.',
    'warning',
  ),
  'supplies-exceed-validity': entry(
    422,
    'business-rule',
    'The last repeat would fall due after the validity of the prescription.',
    'warning',
  ),
  'supply-overlap': entry(
    422,
    'business-rule',
    'Supplies follow each other long before the one before is used up.',
    'warning',
  ),
  'supply-gap': entry(422, 'business-rule', 'Supplies are further apart than one supply lasts.', 'warning'),
  'dose-above-own-maximum': entry(422, 'business-rule', 'A dose is more than the limit that stands beside it.'),
  'doses-disagree': entry(422, 'business-rule', 'Two doses of one dosage instruction are not the same amount.'),
  'doses-differ': entry(
    422,
    'business-rule',
    'The dose ordered is not the dose calculated, by more than rounding.',
    'warning',
  ),
  'dose-unit-contradicts-strength': entry(
    422,
    'business-rule',
    'A dose has the number of the product’s strength, in another unit.',
  ),
  'dose-far-from-strength': entry(
    422,
    'business-rule',
    'One dose is a great many, or a very small part, of the units of the product.',
  ),
  'dose-far-too-high': entry(
    422,
    'business-rule',
    'A dose is many times the most that is known to be given of the medicine.',
  ),
  'dose-high': entry(422, 'business-rule', 'A dose is more than is known to be given of the medicine.', 'warning'),
  'route-contradicts': entry(
    422,
    'business-rule',
    'The route contradicts the words, its own code, the method or the form of the product.',
  ),
  'route-unusual': entry(
    422,
    'business-rule',
    'The route is unusual for the product or the place on the body, or an instruction says another.',
    'warning',
  ),
  'route-deadly': entry(422, 'business-rule', 'The medicine kills by this route.'),
  'dosage-words-contradict-days': entry(
    422,
    'business-rule',
    'The words of a dosage instruction and its structure give different days, or a course of another length.',
  ),
  'as-needed-without-limit': entry(422, 'business-rule', 'What is taken as needed has no limit.', 'warning'),
  'as-needed-contradicts': entry(
    422,
    'business-rule',
    'The words of a dosage instruction and asNeeded disagree on whether it may be left out.',
    'warning',
  ),
  'doses-at-once': entry(
    422,
    'business-rule',
    'Two doses with the same sequence and timing are given one on top of the other.',
    'warning',
  ),
  'dosage-twice': entry(422, 'business-rule', 'The same dosage instruction stands there twice.'),
  'dosage-phases-overlap': entry(
    422,
    'business-rule',
    'A phase of a course begins before the one before it is over.',
    'warning',
  ),
  'rate-without-sense': entry(422, 'value', 'A rate is nothing or less, or no amount in a time.'),
  'infusion-contradicts': entry(
    422,
    'business-rule',
    'The words of an infusion and its structure give another rate or time.',
  ),
  'infusion-differs': entry(
    422,
    'business-rule',
    'Volume and rate of an infusion come to another time than the one that is given.',
    'warning',
  ),
  'medicine-names-disagree': entry(422, 'business-rule', 'The names of the medicine give two strengths.'),
  'dose-form-differs': entry(
    422,
    'business-rule',
    'The words or the unit of a dose are of another form than the product.',
    'warning',
  ),
  'dose-unit-unfit': entry(422, 'business-rule', 'The unit of a dose cannot be that of the medicine.'),
  'words-strength-differs': entry(
    422,
    'business-rule',
    'The text speaks of tablets of another strength than the product has.',
    'warning',
  ),
  'biologic-substitution': entry(422, 'business-rule', 'Substitution is allowed for a biological medicine.', 'warning'),
  'initial-fill-unit': entry(422, 'business-rule', 'The first fill is in another unit than the other supplies.'),
  'initial-fill-large': entry(422, 'business-rule', 'The first fill is many times the usual supply.', 'warning'),
  'validity-starts-late': entry(
    422,
    'business-rule',
    'The validity begins long after the prescription was signed.',
    'warning',
  ),
  'timing-over': entry(422, 'business-rule', 'A dosage was over before the prescription was signed.'),
  'timing-outside-validity': entry(
    422,
    'business-rule',
    'A dosage begins after the validity of the prescription is over.',
    'warning',
  ),
  'dispense-identifier-missing': entry(
    422,
    'required',
    'A dispense has no identifier, by which a repeat of it would be known.',
    'warning',
  ),
  'dispense-of-nothing': entry(422, 'value', 'A dispense is told as handed over, and its quantity is nothing or less.'),
  'dispense-before-signed': entry(
    422,
    'business-rule',
    'A dispense was handed over before the day on which its prescription was signed.',
    'warning',
  ),
  'days-supply-differs': entry(
    422,
    'business-rule',
    'The days that a dispense is said to last are far from its quantity and dose.',
    'warning',
  ),
  'item-repeated': entry(
    422,
    'business-rule',
    'Two items of an order ask for the same medicine in the same dose and quantity.',
    'warning',
  ),
  'medicine-twice': entry(
    422,
    'business-rule',
    'The same product is in an order more than once, with different directions.',
    'warning',
  ),
  'weekly-medicine-twice': entry(
    422,
    'business-rule',
    'A weekly medicine stands in an order more than once.',
    'warning',
  ),
  'patient-inactive': entry(422, 'business-rule', 'The record of the patient is not in use.', 'warning'),
  'authored-before-birth': entry(422, 'business-rule', 'A prescription was signed before its patient was born.'),
  'timing-not-positive': entry(422, 'value', 'The period of a timing is nothing.'),
  'timing-range-reversed': entry(422, 'business-rule', 'The upper end of a timing lies below its lower end.'),
  'timing-times-differ': entry(
    422,
    'business-rule',
    'The times of day are not as many as the doses of a day.',
    'warning',
  ),
  'dosage-incomplete': entry(422, 'business-rule', 'A dosage does not say how much, or not how often.', 'warning'),
  'dosage-says-nothing': entry(422, 'business-rule', 'The text of a dosage is a placeholder.', 'warning'),
  'dosage-says-stop': entry(
    422,
    'business-rule',
    'The text says that the medicine is not to be taken, and the prescription is live.',
  ),
  'dosage-as-directed': entry(
    422,
    'business-rule',
    'A medicine of narrow dose is to be taken as directed, without a dose.',
    'warning',
  ),
  'dose-per-weight': entry(422, 'business-rule', 'A dose is told by weight or surface alone.', 'warning'),
  // --- signatures over prescriptions ---
  'signature-missing': entry(
    422,
    'required',
    'The trust demands that its prescriptions are signed, and this one is not.',
  ),
  'signature-not-verifiable': entry(
    422,
    'not-supported',
    'The trust demands a signature that is verified here, and this form of one is only kept.',
  ),
  'signature-malformed': entry(422, 'structure', 'A signature is not one that can be read.'),
  'signature-algorithm-refused': entry(
    422,
    'security',
    'A signature was made with an algorithm or key too weak or unfit.',
  ),
  'signature-invalid': entry(422, 'security', 'A signature was not made with the key it names, or was altered.'),
  'signature-content-altered': entry(422, 'security', 'An item does not say what was signed.'),
  'signature-item-added': entry(422, 'security', 'An item was added to a signed order after it was signed.'),
  'signature-item-missing': entry(422, 'security', 'An item of the signed order is missing.'),
  'signature-other-order': entry(422, 'security', 'A signature is over another order.'),
  'signature-item-unidentified': entry(
    422,
    'required',
    'A signed item has no identifier by which a signature names it.',
  ),
  'signature-reference-unbound': entry(
    422,
    'required',
    'A reference in a signed item does not say in its identifier who or what is meant.',
  ),
  'signature-reference-differs': entry(
    422,
    'security',
    'A reference in a signed item leads to somebody else than the identifier that was signed.',
  ),
  'signature-number-imprecise': entry(
    422,
    'value',
    'A number in a signed item has more digits than a signature covers.',
  ),
  'signature-time-differs': entry(422, 'value', 'Two places say differently when was signed, or it lies ahead.'),
  'signature-key-unknown': entry(422, 'security', 'A signature names a key that the trust has not registered.'),
  'signature-untrusted': entry(
    422,
    'security',
    'The certificate of a signature leads to none that the trust relies on.',
  ),
  'signature-certificate-expired': entry(422, 'security', 'A certificate of the signature was no longer good.'),
  'signature-certificate-not-yet-valid': entry(
    422,
    'security',
    'A certificate of the signature was not yet good when it was signed.',
  ),
  'signature-certificate-unfit': entry(422, 'security', 'A certificate of the signature is not for signing.'),
  'signature-certificate-revoked': entry(422, 'security', 'A certificate of the signature was revoked.'),
  'signature-revocation-unknown': entry(
    503,
    'transient',
    'Whether a certificate was revoked cannot be said now: the list is out of date or missing.',
  ),
  'signature-item-fixed': entry(422, 'business-rule', 'A signed item does not change: a change is a new prescription.'),
  'order-task': entry(200, 'informational', 'The order is followed as the Task named.', 'information'),
} as const satisfies Record<string, CatalogueEntry>

export type ProblemKey = keyof typeof catalogue

/** One thing that is wrong, with where it is and what to do about it. */
export interface Issue {
  readonly key: ProblemKey
  /** Overrides the catalogue's severity, for rules that are warnings in one place and errors in another. */
  readonly severity?: Severity
  /** Overrides the catalogue's HTTP status, where a table has another. */
  readonly status?: number
  /** FHIRPath that selects the element, e.g. `MedicationRequest.dosageInstruction[0].timing`. */
  readonly expression?: string
  /** Places below the element where it shows, as FHIRPath from there: `.coding[0].code`. */
  readonly within?: readonly string[]
  /** What is wrong and what is allowed, in words the sender can act on. */
  readonly diagnostics: string
  /** Key of the constraint that is broken, e.g. `tim-2`, as its definition gives it. */
  readonly rule?: string
  /** The national code for the same thing, where one exists. */
  readonly national?: { readonly system: string; readonly code: string; readonly display?: string }
}

export const severityOf = (issue: Issue): Severity => issue.severity ?? catalogue[issue.key].severity

export const isError = (issue: Issue): boolean => {
  const severity = severityOf(issue)
  return severity === 'error' || severity === 'fatal'
}

/** A refusal: thrown anywhere below HTTP, answered as an OperationOutcome in one place. */
export class Problem extends Error {
  readonly issues: readonly Issue[]
  /** Extra response headers, e.g. `retry-after` (seconds), `www-authenticate`, `allow`. */
  readonly headers: Readonly<Record<string, string>>

  constructor(issues: Issue | readonly Issue[], headers: Readonly<Record<string, string>> = {}) {
    const list = 'key' in issues ? [issues] : issues
    super(list[0]?.diagnostics ?? 'problem')
    this.name = 'Problem'
    this.issues = list
    this.headers = headers
  }

  /** The status of the first error: the order of issues is the order in which they were found. */
  get status(): number {
    const first = this.issues.find(isError) ?? this.issues[0]
    return first ? (first.status ?? catalogue[first.key].status) : 500
  }
}

/** Shorthand for a refusal with a single issue. */
export const refuse = (
  key: ProblemKey,
  diagnostics: string,
  expression?: string,
  headers?: Record<string, string>,
): Problem => new Problem(expression === undefined ? { key, diagnostics } : { key, diagnostics, expression }, headers)

/** Canonical base of everything this project defines. */
export const CANONICAL = 'https://homecare-exchange.org/fhir'
export const PROBLEM_SYSTEM = `${CANONICAL}/CodeSystem/problem`
/** Codes are the keys of constraints in FHIR and in the profiles loaded here. */
const RULE_SYSTEM = `${CANONICAL}/CodeSystem/rule`

/**
 * Issues about an element that is not there, or not there in this form, or does not belong there: its FHIRPath may
 * select nothing, so its holder, which is there, is named as well (OperationOutcome.issue.expression: "one of the
 * elements in the resource").
 */
const ABOUT_ABSENT: ReadonlySet<ProblemKey> = new Set<ProblemKey>([
  'structure-unknown-property',
  'structure-too-many',
  'structure-required',
  'structure-choice',
  'profile-required',
  'profile-too-many',
  'questionnaire-unknown',
  'measure-unknown',
  'measure-part-unknown',
  'measure-part-missing',
  'measure-subjects',
  'questionnaire-item-unknown',
  'questionnaire-item-order',
  'questionnaire-item-text',
  'questionnaire-nesting',
  'questionnaire-too-many',
  'questionnaire-answer-option',
])

/**
 * Issues about what an element makes of the one that holds it: a code is wrong for the concept, a system for the
 * identifier. HL7's validator tells some of them there.
 */
const ABOUT_HOLDER: ReadonlySet<ProblemKey> = new Set<ProblemKey>([
  'uri-not-absolute',
  'code-unknown',
  'reference-invalid',
  'attachment-size',
  'attachment-hash',
])

/** Issues about an element of a definition that make the whole of it unusable. */
const ABOUT_DEFINITION: ReadonlySet<ProblemKey> = new Set<ProblemKey>(['definition-inconsistent', 'definition-path'])

/** The last step of a path and, of a code in a concept, the coding that it stands in. */
const LAST_OF_CODING = /(?:\.coding\[\d+\])?\.[A-Za-z_]\w*(?:\[\d+\])?$/

/** The last step, or the whole way to an element of a StructureDefinition. */
const LAST_OF_DEFINITION = /(?:\.(?:differential|snapshot))?\.[A-Za-z_]\w*(?:\[\d+\])?$/

/** The last step of a path: a name, with its index or the type of its choice. */
const LAST_STEP = /\.[A-Za-z_]\w*(?:\[(?:\d+|x)\])?(?:\.ofType\(\w+\))?$/

/** A claim, which is the resource's own, or the last step to a value of a type that is not allowed there. */
const LAST_OF_CLAIM = /(?:\.meta\.profile\[\d+\]|\.[A-Za-z_]\w*(?:\[(?:\d+|x)\])?(?:\.ofType\(\w+\))?)$/

/** The way from a resource to what it contains: R4 puts the rules on contained resources on their container. */
const CONTAINED = /\.contained\[\d+\](?:\.\w+)*$/

/** The way from a Bundle to a place in one of its entries. */
const IN_ENTRY = /\.entry\[\d+\]\.resource\..*$/

function stepAbout({ key, rule }: Issue): RegExp | undefined {
  if (key === 'bundle-reference') return IN_ENTRY
  if (key === 'profile-type') return LAST_OF_CLAIM
  if (key === 'invariant' && rule !== undefined) {
    return rule === 'ref-1' ? LAST_STEP : /^dom-[2-5]$/.test(rule) ? CONTAINED : undefined
  }
  if (ABOUT_ABSENT.has(key)) return LAST_STEP
  if (ABOUT_HOLDER.has(key)) return LAST_OF_CODING
  return ABOUT_DEFINITION.has(key) ? LAST_OF_DEFINITION : undefined
}

function placesOf(issue: Issue): { expression?: string[] } {
  const { expression, within = [] } = issue
  if (expression === undefined) return {}
  const step = stepAbout(issue)
  const holder = step === undefined ? expression : expression.replace(step, '')
  const places = holder === expression ? [expression] : [expression, holder]
  return { expression: [...places, ...within.map((below) => expression + below)] }
}

/** The OperationOutcome that tells the sender (https://hl7.org/fhir/R4/operationoutcome.html). */
export function operationOutcome(issues: readonly Issue[]): r4.OperationOutcome {
  return {
    resourceType: 'OperationOutcome',
    issue: issues.map((issue) => ({
      severity: severityOf(issue),
      code: catalogue[issue.key].type,
      details: {
        coding: [
          { system: PROBLEM_SYSTEM, code: issue.key },
          ...(issue.rule === undefined ? [] : [{ system: RULE_SYSTEM, code: issue.rule }]),
          ...(issue.national ? [issue.national] : []),
        ],
      },
      diagnostics: issue.diagnostics,
      ...placesOf(issue),
    })),
  }
}
