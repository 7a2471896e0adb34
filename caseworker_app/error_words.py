"""From codes of failures, problems, actions and fields to sentences: what happened and what to do next.

The tables are functions so that each sentence is looked up in the language spoken when it is shown.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from caseworker_app.domain import identity, money
from caseworker_app.domain.changed import Changed
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.read_models.imports import Problem
from caseworker_app.settings import BY_KEY
from caseworker_app.wording import _, _n, joined, label, labels

Values = Mapping[str, object]


def errors() -> dict[str, str]:
    """Return the sentence of every ExpectedError code."""
    return {
        "assess.cycle": _("There is no cycle {cycle}. Write it like {example}, {first} or later."),
        "assess.item": _("The policy pack has no item {item}. It has {items}."),
        "backup.damaged": _(
            "The backup is damaged or is no backup of a ledger. Use another copy of it or an older one."
        ),
        "backup.exists": _("{file} exists already. Choose another name."),
        "backup.not_written": _(
            "The backup could not be written to {file}. Check that the disk is there, has room and may be written to."
        ),
        "bulk.nobody": _("There is nobody for whom this would be new. Choose other workers or another fact."),
        "card.digits": _("The bank card number is not 12 to 23 digits. Check it against the card."),
        "check.exempt_already": _("This finding has been explained already."),
        "check.none": _("The ledger has no such finding today. Read the list of data checks again."),
        "check.reason_missing": _("The reason is missing. Say why the record stands as it is."),
        "claim.amount": _(
            "What {name} gets is decided by the reviewer, from {least} to {most} yuan. Enter the amount."
        ),
        "claim.before_issue": _(
            "The policy was issued on {issued}; nothing can be claimed before. Choose a later day."
        ),
        "claim.deadline": _(
            "The last day for this item was {last}. It can only go up with a day by then, or not at all."
        ),
        "claim.double": _(
            "Claims {number} and {other} are for the same item, cycle and beneficiary. "
            "Withdraw or reject one of them; until then neither goes on."
        ),
        "claim.ended": _("The claim has ended ({state}) and takes no further step."),
        "claim.exists": _("{name} is in this item and cycle twice. Name everybody once."),
        "claim.exists_as": _(
            "{name} has taken up this item in this cycle already: claim {number}. It cannot be claimed twice."
        ),
        "claim.none": _("There is no claim {number}. Check the number on the paper."),
        "claim.not_eligible": _("{name} does not meet the conditions. {why}"),
        "claim.nothing": _("Nothing has been claimed for them yet. File the claims first."),
        "claim.objection_none": _("No objection to claim {number} is open."),
        "claim.objection_open": _(
            "An objection to claim {number} is open. Resolve it first: dismissed or upheld, and why."
        ),
        "claim.paper_kind": _("“{paper}” is none of the papers of this item. It knows: {papers}."),
        "claim.papers": _("Papers of claim {number} are missing: {papers}. Note them, then go on."),
        "claim.publicity": _(
            "Claim {number} is shown in public until {last}. It can go on from the day after, without open objection."
        ),
        "claim.reason_missing": _("This step needs a reason. Enter why."),
        "claim.round_closed": _("The filing round was from {first} to {last}. Wait for the next one."),
        "claim.round_later": _("The next filing round is from {first} to {last}. Send it up then."),
        "claim.step": _(
            "The claim is at “{state}”; from there it can go to {possible}. Choose one of these."
        ),
        "claim.step_before": _("The step before was on {day}. Choose that day or a later one."),
        "claim.unknown": _(
            "Whether {name} meets the conditions cannot be told yet. {why} Enter what is missing, then file again."
        ),
        "code.unknown": _(
            "“{value}” is not one of the values possible here: {allowed}. Choose one of these."
        ),
        "comparison.none": _("Nothing was compared with this list yet: {list}. Compare with it first."),
        "comparison.not_recognised": _(
            "{file} has no sheet with the columns of this list: {list}. It needs identity numbers, or names and birth dates, and a title "
            "or file name that says which list it is. Check the file and which list was chosen."
        ),
        "conflict.choice": _("“{side}” is no choice here. Choose ours or theirs."),
        "conflict.none": _("This is decided already, or is no longer there. Read the list again."),
        "day.future": _("{day} has not come yet. Choose today or an earlier day."),
        "device.fingerprint": _(
            "The fingerprint does not match: this workbook was sealed by {fingerprint}. "
            "Ask for it again, on the telephone."
        ),
        "device.none": _("There is no device {device}. `caseworker device list` names them."),
        "device.not_sealed": _("{file} carries no sound seal, so it does not say which device wrote it."),
        "death.later_job": _(
            "A job of {name} begins on {day}, after the day of death. Check the day, or correct the job first."
        ),
        "duplicate.both_claimed": _(
            "Both records have taken up the same item: claims {number} and {other}. Withdraw one of them first."
        ),
        "duplicate.choice": _(
            "“{choice}” is not a choice between these two. Write FIELD=keep or FIELD=drop."
        ),
        "duplicate.choose": _("The two records differ. Choose which is right: {fields}."),
        "duplicate.gone": _("One of the two is no longer in the ledger. Look at the list again."),
        "twins.none": _(
            "No two records are surely one person. Look at the others side by side under Possible duplicates."
        ),
        "twins.moved_on": _(
            "The ledger changed since this was looked at. Look again at what would be merged, then confirm."
        ),
        "duplicate.reason_missing": _("The reason is missing. Say how you know that they are two people."),
        "feedback.own": _(
            "Feedback goes to a village or township below this ledger's place. Choose one of them."
        ),
        "fact.days": _("The last day is before the first. Correct one of them."),
        "fact.missing": _("“{what}” is missing. Enter it."),
        "fact.used": _("Other records still name it. Take those out first."),
        "fact.value": _("“{value}” is not possible for “{what}”. Correct it."),
        "file.not_written": _(
            "{file} could not be written. Check that the folder is there, may be written to, and that the file is not open elsewhere."
        ),
        "form.invalid": _("The form {file} is wrong at “{key}”: expected {expected}. Correct the form file."),
        "form.unknown": _(
            "There is no form “{form}”. Correct the policy pack or install the newest version."
        ),
        "household.head_already": _("{name} is the head already. Choose another member."),
        "household.head_leaves": _(
            "{name} is the head, and others stay in the household. Choose who is its head from then on."
        ),
        "household.head_missing": _(
            "Household {household_no} would have no head on {day}. Choose its head first, or another day."
        ),
        "household.none": _("This household is not in the ledger. Check its number."),
        "household.number_taken": _(
            "There is a household {household_no} already. Leave the number empty to have one made, or correct it."
        ),
        "household.two_heads": _(
            "Household {household_no} would have two heads on {day}. Choose another relation, or change its head first."
        ),
        "household.village": _(
            "{village} is not a village of this ledger's area. Choose one of its villages."
        ),
        "answer.nothing": _("Every cell can be taken: there is nothing to send back."),
        "answer.same_file": _(
            "{file} is the sender's own file. Choose another name, so that what was sent stays as it is."
        ),
        "import.layout_unknown": _(
            "No layout is called {layout}. Look at `caseworker layout list`, or map the columns once."
        ),
        "mapping.field": _("No field is called {field}. Look at `caseworker layout fields`."),
        "mapping.lacking": _("No column was chosen for: {fields}. Choose one for each."),
        "mapping.name": _("Give the mapping a name of 1 to 40 characters that no known layout has."),
        "mapping.record": _("No kind of row is called {record}. Look at `caseworker layout fields`."),
        "import.sealed": _(
            "{file} is a monthly workbook. Receive it under Import and report: its seal is looked at there."
        ),
        "import.moved_on": _(
            "The ledger was changed while the import was looked through. Look through the files again, then import."
        ),
        "import.not_recognised": _(
            "{file} has no sheet with a known layout. Check the file and its header row, or map its columns once. "
            "A list of who is insured, registered as unemployed, paid … is compared, not imported."
        ),
        "ledger.busy": _("The ledger is busy with other work. Try again in a moment."),
        "ledger.damaged": _(
            "The ledger is damaged. Leave its folder as it is, and restore the newest backup into a new folder."
        ),
        "ledger.disk_error": _(
            "The disk reports an error. Nothing was written; back up to another disk now and have this one checked."
        ),
        "ledger.disk_full": _("The disk is full. Nothing was written; make room, then do it again."),
        "ledger.exists": _(
            "There is a ledger in {folder} already. Open it, or choose another folder for the new one."
        ),
        "ledger.folder_not_empty": _("The folder {folder} is not empty. Choose a new or empty folder."),
        "ledger.in_use": _("The ledger is open elsewhere ({holder}). Close it there first."),
        "ledger.keys_damaged": _(
            "keys.json in {folder} is missing or damaged. Leave the folder as it is, and restore the newest backup into a new folder."
        ),
        "ledger.missing": _("There is no ledger in {folder}. Check the folder, or make a new ledger there."),
        "ledger.newer": _(
            "The ledger was written by a newer version of the program. Install the newest version; nothing was changed."
        ),
        "ledger.password_short": _("The password is shorter than 6 characters. Choose a longer one."),
        "ledger.read_only": _(
            "The ledger's folder cannot be written to. Check that the disk is there and not write-protected."
        ),
        "ledger.recovery_mistyped": _(
            "The recovery code is mistyped. Compare it with the sheet group by group."
        ),
        "ledger.wrong_password": _(
            "The password is wrong. Check capitals and the input method, then enter it again; if it is forgotten, use the recovery code."
        ),
        "ledger.wrong_recovery": _(
            "This recovery code is not this ledger's. Use the newest recovery sheet of this ledger."
        ),
        "membership.later": _(
            "{name} came into a household on {day}, later than this. Choose a later day, or undo that first."
        ),
        "membership.same": _("{name} belongs to this household already. Choose another one."),
        "membership.since": _(
            "{name} is in the household as recorded only since {day}. Choose a later day, or undo that step."
        ),
        "monitoring.days": _("The risk cannot be resolved before it was found. Check both days."),
        "monitoring.open": _(
            "Household {number} is being monitored already. Enter the day its risk was resolved first."
        ),
        "officer.missing": _("The officer's name is missing. Enter who keeps the ledger."),
        "parameter.form": _(
            "“{name}” cannot be read. Enter an amount, a number or steps such as 5=20000 10=50000."
        ),
        "parameter.none": _("The pack has no figure of this place called {key}."),
        "parameter.range": _("“{name}” must lie between {least} and {most}."),
        "asked.later": _(
            "“{fact}” was said from {day} on. Choose that day or a later one, or take that entry back first."
        ),
        "asked.none": _("No policy asks for “{fact}”. Facts that can be entered: {facts}."),
        "asked.form": _("“{value}” does not fit “{fact}”. Enter {kind}."),
        "asked.value": _("“{value}” does not fit “{fact}”. Possible: {choices}."),
        "asked.whose": _(
            "There is no such person or household in the ledger any more. Look at the list again."
        ),
        "pack.amount_twice": _(
            "{file}, line {line}: two amounts of “{key}” hold from the same day. Give each its own “from”."
        ),
        "pack.cap_one": _(
            "{file}, line {line}: a limit needs one of amount, months or times. Keep one of them in “{key}”."
        ),
        "organisation.known": _("There is an organisation {name} already. Open that one instead."),
        "organisation.none": _(
            "There is no one organisation called {name}. Record it first, or name it by its credit code."
        ),
        "pack.case": _("The case “{case}” in {file} cannot be run: {problem}. Correct the case."),
        "pack.cases_differ": _(
            "{count} cases of the pack do not hold, the first is “{case}”. Correct the pack or the case, then check it again."
        ),
        "pack.circle": _(
            "{file}, line {line}: “{name}” leads back to itself. Let a pack or a test refer only to others."
        ),
        "pack.fact_here": _(
            "{file}, line {line}: “{fact}” cannot be asked here, only facts of: {possible}. Correct “{key}”."
        ),
        "pack.fact_kind": _("{file}, line {line}: “{fact}” is not a figure that fits here. Correct “{key}”."),
        "pack.fact_name": _(
            "{file}, line {line}: “{fact}” cannot be declared. Begin with person. or household. and take a name of its own."
        ),
        "pack.item_twice": _("{file}, line {line}: the item {item} is there twice. Give each its own id."),
        "pack.key_amount": _(
            '{file}, line {line}: “{key}” is not an amount in yuan. Write it in quotes, such as "1400.00".'
        ),
        "pack.key_kind": _("{file}, line {line}: “{key}” is of the wrong kind; it must be {kind}."),
        "pack.key_missing": _("{file}, line {line}: “{key}” is missing. Add it."),
        "pack.key_unknown": _(
            "{file}, line {line}: “{key}” is not known. Check its spelling or take it out."
        ),
        "pack.missing": _(
            "There is no policy pack in {folder}. Choose a folder with a pack.toml, or the name of a pack that comes with the program."
        ),
        "pack.month_day": _(
            "{file}, line {line}: “{value}” is not a day of every year. Write “{key}” as month-day, such as 09-30."
        ),
        "pack.no_cases": _("{file} is missing. Add cases, so that the pack can be checked."),
        "pack.parameter_kind": _(
            "{file}, line {line}: the local figure “{parameter}” does not fit here, only one of these: {kinds}. Correct “{key}”."
        ),
        "pack.place_code": _(
            "{file}, line {line}: “{value}” is not the code of a place: 2, 4, 6, 9 or 12 digits. Correct “{key}”."
        ),
        "pack.place_here": _(
            "{file}, line {line}: places and distances are only possible in steps over months or income. Correct “{key}”."
        ),
        "pack.syntax": _("{file} cannot be read: {problem}. Correct the file."),
        "pack.test_missing": _(
            "{file}, line {line}: it is not said what is asked. Add fact, measure, who, any, all, none or household_kinds."
        ),
        "pack.value_unknown": _(
            "{file}, line {line}: “{value}” is not possible for “{key}”. Possible: {possible}."
        ),
        "person.born_missing": _(
            "The identity number of {name} is not given. Enter it, or enter birth date and sex."
        ),
        "person.like": _(
            "This may be somebody who is here already: {people}. Look there first; enter it again if it is somebody else."
        ),
        "person.name_missing": _("The name is missing. Enter it as on the identity card."),
        "person.not_born": _(
            "{name} was born on {day}. Check that day, and since when the person is a member."
        ),
        "person.not_member": _("Not everybody chosen was a member of this household on {day}. Choose again."),
        "person.number_taken": _(
            "This identity number is in the ledger already, of {name}. Open that record instead."
        ),
        "person.number_wrong": _(
            "The identity number is not sound: 18 characters, birth date and check digit have to agree. Check the original."
        ),
        "person.none": _("There is no record of this number in the ledger. Check the number."),
        "person.not_here": _(
            "This person belonged to no household of the ledger on {day}. Check the person and the day."
        ),
        "photo.apple": _(
            "{file} is in Apple's HEIC format, which others cannot show. "
            "Choose “most compatible” in the telephone's camera settings, or save it as JPG."
        ),
        "photo.damaged": _("{file} is damaged and cannot be shown. Photograph the paper again."),
        "photo.elsewhere": _(
            "The photo itself is kept in the village's ledger; here only what it shows is known. Ask the village for it."
        ),
        "photo.format": _("{file} is neither a photo (JPG, PNG, WebP) nor a PDF. Choose another file."),
        "photo.large": _("{file} is too large to be a photo of a paper. Photograph the paper again."),
        "photo.missing": _("{file} cannot be read. Check that it is still there."),
        "photo.none": _("This photo is not among the papers any more. Look at the page again."),
        "photo.pdf_large": _(
            "{file} is larger than {most} MB. Attach only the pages that are needed, or photos of them."
        ),
        "photo.pdf_locked": _("{file} is protected with a password. Attach a copy without one, or a photo."),
        "photo.repeated": _("{file} is among the papers of {name} already. It is kept once."),
        "phone.form": _(
            "This is not a telephone number: 11 digits of a mobile, or a landline with its area code. Check it."
        ),
        "payment.none": _(
            "{file} has no sheet with results of payments: it needs a column of claim or identity numbers and one that says paid or failed."
        ),
        "payment.nothing": _("Nothing in {file} is new: no payment was recorded."),
        "owner.village": _(
            "{village} keeps these records in its own ledger, so they are changed there. Raise a problem; it goes down with the feedback."
        ),
        "proposal.not_owner": _(
            "{village} answers this: it goes down with the next feedback. To take it back, withdraw it."
        ),
        "proposal.lacks": _(
            "What this rests on is not in this ledger: {what}. Enter that first, or decline with the reason."
        ),
        "problem.message_missing": _("It is not said what is wrong. Say what has to be corrected."),
        "post.no_job": _("No job in a public post is on record for this person. Record the job first."),
        "post.none": _("There is no one post called {name}. Record the post first."),
        "redo.nothing": _("There is nothing to redo."),
        "receive.branches": _(
            "Two laptops write under one device ({device}): the disk was copied. Both are kept and told apart; "
            "on one of them, restore a backup so that it becomes a device of its own."
        ),
        "receive.conflicts": _(
            "{count} values were written differently on two devices. Decide between them."
        ),
        "receive.damaged": _(
            "The hidden records of this workbook cannot be read. Ask the sender to write it again."
        ),
        "receive.device_again": _(
            "The ledger was restored or moved: it sends as device {device} now, with the key that is known. "
            "Ask whether the old one is still in use."
        ),
        "receive.device_new": _(
            "First heard from device {device}. Have its fingerprint read aloud on the telephone: {fingerprint}. "
            "If it is the same, confirm the device."
        ),
        "receive.device_refused": _(
            "Nothing is taken from device {device}: it was refused. Ask who still works on it."
        ),
        "receive.device_second": _(
            "This comes from another device than the one enrolled: {device}, fingerprint {fingerprint}. "
            "Ask the village; enrol it, then receive the workbook again."
        ),
        "receive.edited": _("Edited after it was sealed: {cells}. What was edited counts as your own entry."),
        "receive.edited_records": _(
            "Its hidden records were edited ({cells}), so it is looked through like any sheet and counts as your own "
            "entry. Better ask the sender for the workbook as the program wrote it."
        ),
        "receive.edited_stale": _(
            "Edited after it was sealed: {cells}. The workbook is older or repeated, so this is not taken; "
            "import the file if it is to be taken."
        ),
        "receive.elsewhere": _("The workbook is of {place}, which is not in the area of this ledger."),
        "receive.enrolment": _(
            "This introduces device {device} of {place}, fingerprint {fingerprint}, and reports nothing. "
            "Have the fingerprint read aloud on the telephone, then enrol the device from this file under Devices."
        ),
        "receive.newer": _(
            "The workbook was written by a newer version of the program ({format}). Update the program, then receive it."
        ),
        "receive.plain": _(
            "No seal: it does not say who wrote it. It is looked through like any sheet and counts as your own entry."
        ),
        "receive.twins": _(
            "{count} numbers are here under another record already. Look at them side by side under Possible duplicates."
        ),
        "receive.taken_over": _(
            "{count} people were imported here before: what the village sent stands for them now; undo takes that back."
        ),
        "relation.missing": _("What {name} is to the new head is not certain. Choose the relation."),
        "return.job_kept": _(
            "“{reason}” with the job kept does not end the job. Record it as a contact; record a return only when the job has ended."
        ),
        "roster.nobody": _(
            "No claim of {item} waits for a roster. Claims come onto one once the village has checked them."
        ),
        "roster.none": _("There is no roster {number}. Check the number."),
        "scope.unknown": _(
            "There is no division with the code {scope}. Enter the code of a village (12 digits), a township (9) or a county (6)."
        ),
        "service.repeated": _(
            "This service to {name} is on record for that day already. Check the day, or say in the note what was different."
        ),
        "service.vacancy_missing": _(
            "The vacancy is missing. A job referral names the vacancy that was put to this person."
        ),
        "spell.end_before_start": _("The last day of the job is before its first. Correct one of them."),
        "spell.none": _("No job was under way on {day}. Check the day, or record the job first."),
        "spell.overlaps": _(
            "The job overlaps another one that began on {since}. End that one first, or correct the days."
        ),
        "spell.place_unknown": _(
            "There is no division with the code {place}. Choose the place of work again."
        ),
        "split.everybody": _(
            "Everybody was chosen; somebody has to stay. To change the head, use “Change head”."
        ),
        "split.nobody": _("Choose who leaves the household, and who of them is the new head."),
        "todo.gone": _("This was answered already, or is taken back. Look at the list again."),
        "todo.outcome": _("This is no answer to it. Choose one of those offered."),
        "todo.reason_missing": _("The reason is missing. Say why it stays as it is."),
        "undo.already": _("This was undone already."),
        "undo.month_told": _(
            "{month} is closed and its workbook written: it stands. Correct the ledger, the next month tells of it; or get it returned."
        ),
        "undo.moved_on": _("Later work stands on it: {what}. Undo that first."),
        "undo.nothing": _("There is nothing to undo."),
        "undo.taken": _(
            "A number or name that it would bring back is in use by another record now. Change that one first, then undo."
        ),
        "seal.no_key": _(
            "The key of this computer cannot be kept in {file}. Check that the disk has room and may be written to."
        ),
        "month.blocked": _(
            "{month} cannot be closed yet: {count} findings of the data checks block it. Put them right or explain them."
        ),
        "month.closed_already": _(
            "{month} is closed already. Its figures stand; corrections go into the next month."
        ),
        "month.not_below": _(
            "{place} is this ledger's own place. Only the month of a place below is accepted or returned."
        ),
        "month.not_closed": _(
            "{place} has not closed {month}, or it was answered already. Look at `caseworker month show`."
        ),
        "month.reason_missing": _("The reason is missing. Say why the month goes back."),
        "template.name": _("Give the template a name of 1 to {most} characters."),
        "template.no_place": _(
            "{file} has no header row like one of our sheets and no place like {{{{month}}}} to fill. Say which row the headers stand in."
        ),
        "template.no_rows": _("No sheet of ours is called {rows}. There are: {known}."),
        "template.no_sheet": _("The template has no sheet {sheet}. It has: {sheets}."),
        "template.none": _("No template is called {name}. Look at `caseworker template list`."),
        "template.unknown_place": _(
            "Nothing is known to fill in for “{place}”. Correct the template and show it again."
        ),
        "upload.none": _(
            "No workbook of this ledger is called {upload}. Look at `caseworker upload --list`."
        ),
        "upload.password_short": _(
            "The workbook's password has fewer than {least} characters. Choose a longer one."
        ),
        "upload.month": _("“{month}” is not a month. Write it like 2024-11."),
        "upload.month_future": _("The month {month} has not begun. Choose this month or an earlier one."),
        "upload.place": _("{village} is not in this ledger's area. Choose a village of the ledger."),
        "workbook.damaged": _(
            "{file} is damaged or was cut off on its way. Open it in Excel or WPS and save it again, or ask for it again."
        ),
        "text.long": _("The text is longer than {most} characters. Shorten it."),
        "workdays.form": _(
            "{file} is no calendar of working days. Write lines such as 2027-01-01,休 and 2027-01-03,班."
        ),
        "void.gone": _("This record is not in the ledger any more. Look at the page again."),
        "void.reason_missing": _("A record is voided with a reason. Enter what is wrong with it."),
        "wage.no_job": _("No job was under way in {month}. Record the job first."),
        "wage.range": _("The wage a month must be above 0 and at most {most} yuan. Check it."),
        "day.too_young": _("{name} is younger than 16 on {day}. Check the day."),
        "workbook.empty": _("{file} is empty (0 bytes). Ask for it to be sent again."),
        "workbook.encrypted": _(
            "{file} is protected with a password. Enter it, or ask its sender for the file without one."
        ),
        "workbook.missing": _("{file} cannot be read. Check that it is there and not open elsewhere."),
        "workbook.no_sheets": _(
            "{file} has no sheet that can be read. Open it in Excel or WPS and save it as an ordinary .xlsx."
        ),
        "workbook.none": _(
            "{file} is no spreadsheet, whatever its name says. Choose the .xlsx, .xls or .csv file."
        ),
        "view.exists": _("There is a view “{name}” already. Choose another name."),
        "view.gone": _("The view is no longer there. Save it under a name again."),
        "view.unnamed": _("A view needs a name. Enter what you will look for it by."),
        "workbook.not_written": _(
            "{file} could not be written. Check that it is not open in Excel or WPS and that the folder may be written to."
        ),
        "workbook.password_wrong": _(
            "This is not the password of {file}. Ask its sender, and mind capital letters."
        ),
        "workbook.protected": _(
            "{file} is locked in a way that cannot be opened here. Save it without password in WPS or LibreOffice, and import that."
        ),
        "workbook.unsafe": _(
            "{file} holds parts that no spreadsheet program writes, so it was not read. Ask its sender where it comes from."
        ),
        "workbook.too_large": _(
            "{file} is too large to be read safely. Delete the blank rows and columns after the data, save it, and import it again."
        ),
    }


def problems() -> dict[str, str]:
    """Return the sentence of every import problem; row and column are said before it."""
    return {
        "cell.missing": _("not filled in. Add it."),
        "cell.formula_without_value": _(
            "is a formula that has not been calculated. Open the file in Excel or WPS, save it, and import it again."
        ),
        "code.unknown": _("is not one of the values possible here: {allowed}. Correct it."),
        "date.ambiguous": _(
            "is a number: it may be January or October of {year}. Write it as text, such as {year}年10月."
        ),
        "date.form": _("is not a date. Write it like 2024-03-05 or 2024年03月."),
        "date.none": _("is a day that does not exist. Check it."),
        "identity.birth_date": _("contains a birth date that does not exist. Check the original."),
        "identity.characters": _(
            "contains characters that no identity number has. Check the original, then enter it again."
        ),
        "identity.checksum": _("does not agree with its check digit. Check the original."),
        "household.no_village": _(
            "is a household that is not in the ledger, and the sheet does not say its village. Add county, town and village."
        ),
        "identity.length": _("does not have 18 characters. Check the original, then enter it again."),
        "identity.rounded": _(
            "was changed by Excel, its last three digits are lost. Check the original, then enter it as text."
        ),
        "money.form": _("is not an amount of money. Write a number, such as 3500."),
        "ledger.newer": _(
            "differs from the ledger, where it was recorded later, on {day}. The ledger keeps its value; check which is right."
        ),
        "monitoring.resolved_without_day": _(
            "says that the risk is resolved, and the day is missing. Add it."
        ),
        "name.none": _("is not a name. Check the original."),
        "number.rounded": _(
            "is stored as a number; Excel may have changed its last digits. Check the original, then enter it as text."
        ),
        "person.born_differs": _("differs from the birth date in the identity number. Check the original."),
        "person.household_differs": _(
            "is not the household this person belongs to in the ledger. Check both."
        ),
        "person.name_differs": _(
            "differs from the ledger, which says {known} for this identity number. Check the original."
        ),
        "person.unknown": _(
            "is of somebody with no record in the ledger. Import the list of people first, or check the number."
        ),
        "phone.form": _("is not a telephone number. Check it."),
        "place.unknown_village": _("is a village that is not known. Check county, town and village."),
        "row.duplicate": _("stands in an earlier row already. Keep one of the two."),
        "row.repeated": _("says the same as row {earlier}. Keep one of the two."),
        "spell.end_before_start": _("is before the first day of the job. Check both days."),
        "spell.overlaps": _(
            "overlaps the job that began on {since}. Is it another job, enter the last day of that one first; "
            "is it the same, correct the day."
        ),
        "card.digits": _("is not 12 to 23 digits. Check it against the card."),
        "cell.conflict": _("says something else in another row of the same record. Keep one of the two."),
        "day.future": _("is a day that has not come yet ({day}). Enter today or an earlier day."),
        "day.too_young": _("is a day on which {name} was younger than 16. Check the day."),
        "identity.taken": _("is in the ledger already, for {name}. Check the original."),
        "person.not_here": _("is a day ({day}) on which this person belonged to no household. Check both."),
        "person.several": _(
            "is the name of {count} people in the ledger. Add the identity number or the household number."
        ),
        "service.repeated": _(
            "has the same service on record already. Check the day, or say in the note what differs."
        ),
        "spell.known": _(
            "is of a job on record already, which began on {since} in the same place. Change that one."
        ),
        "place.unknown": _(
            "is not a place that is known. Write province, city and county, such as 浙江省杭州市余杭区."
        ),
        "record.gone": _("is of a record that is no longer in the ledger. Look at the list again."),
        "record.none": _("has no record yet to stand in. Record the job or the intention first."),
        "relation.head_twice": _("cannot be head: the household has one, {name}. Change that one first."),
        "service.vacancy_missing": _(
            "is missing: a job referral names the vacancy that was put to this person. Add it."
        ),
        "text.long": _("is longer than {most} characters. Shorten it."),
        "wage.range": _("must be above 0 and at most {most} yuan a month. Check it."),
    }


_VARIANTS = {
    "claim.exists": ("number", "claim.exists", "claim.exists_as"),
    "claim.step": ("possible", "claim.ended", "claim.step"),
}
"""Codes that are said in one of two ways: without and with this value."""


class _Given(dict[str, str]):
    """The values of a sentence; one that was not given is left blank rather than failing."""

    def __missing__(self, key: str) -> str:
        return ""


def _kind_name(kind: object) -> str:
    names = {
        "text": _("a text in quotes"),
        "number": _("a whole number"),
        "money": _('an amount in yuan in quotes, such as "1400.00"'),
        "percent": _("a percentage, such as 30"),
        "yes_or_no": _("true or false"),
        "part": _('a part, such as "2/3"'),
        "day": _("a date such as 2024-08-15"),
        "list": _("a list in square brackets"),
        "texts": _("a list of texts in square brackets"),
        "table": _("a table"),
        "tables": _("a list of tables"),
    }
    return names.get(str(kind), str(kind))


def _said(values: Values) -> _Given:
    """Return the values as people read them: codes as their labels."""
    given = _Given({name: str(value) for name, value in values.items()})
    if "holder" in values:
        given["holder"] = str(values["holder"]) or _("another program")
    if "state" in values:
        given["state"] = label("claim_state", str(values["state"]))
    if isinstance(possible := values.get("possible"), list | tuple):
        given["possible"] = labels("claim_state", possible)
    if "reason" in values:
        given["reason"] = label("end_reason", str(values["reason"]))
    if "list" in values:
        given["list"] = label("comparison_kind", str(values["list"]))
    if "kind" in values:
        given["kind"] = _kind_name(values["kind"])
    if "table" in values and "field" in values:
        given["what"] = field_text(str(values["table"]), str(values["field"]))
    if "choice" in values:
        given["papers"] = papers_text(values)
    if isinstance(fields := values.get("fields"), list | tuple):
        given["fields"] = joined(map(column_text, fields))
    if "action" in values:
        given["what"] = action_text(str(values["action"]), {"name": values.get("who", "")})
    return given


def papers_text(values: Values) -> str:
    """Return which papers are missing: those required, and how many of a choice."""
    parts = [str(values["papers"])] if values["papers"] else []
    if more := values["more"]:
        parts.append(_("{count} of {papers}").format(count=more, papers=values["choice"]))
    return "；".join(parts)


def error_text(error: ExpectedError) -> str:
    """Return what happened and what to do."""
    code = error.code
    if code in _VARIANTS:
        value, without, with_it = _VARIANTS[code]
        code = with_it if error.values.get(value) else without
    return errors()[code].format_map(_said(error.values))


def problem_text(code: str, values: Values) -> str:
    """Return what is wrong with a cell; its row and column are said by `problem_line`."""
    return problems()[code].format_map(_said(values))


def cell_text(title: str, code: str, values: Values) -> str:
    """Return what is wrong with a cell that was typed, with what its field is called."""
    return _("“{field}” {text}").format(field=title, text=problem_text(code, values))


def _ends_in_zeros(number: str) -> bool:
    """Whether the last three digits are 000, however the number is written: 6.4E+17."""
    try:
        return Decimal(number) % 1000 == 0
    except InvalidOperation:
        return False


def problem_words(problem: Problem) -> str:
    """Return what is wrong with the cell of a problem, without its place."""
    cut = problem.code == "identity.rounded" and not _ends_in_zeros(problem.value)
    said = problem_text("number.rounded" if cut else problem.code, problem.values)
    if problem.proposal is None:
        return said
    told = _("In the ledger {name}, born on {born}, fits: {number}. Confirm it, or correct the cell.")
    fits = told.format(
        name=problem.proposal.name,
        born=problem.proposal.born,
        number=identity.masked(problem.proposal.number),
    )
    return _("{problem} {proposal}").format(problem=said, proposal=fits)


def problem_line(problem: Problem) -> str:
    """Return a problem with its place: 第 12 行「身份证号码」校验不符，请核对原件。"""
    text = problem_words(problem)
    if problem.column:
        return _("Row {row}, “{column}” {text}").format(row=problem.row, column=problem.column, text=text)
    return _("Row {row} {text}").format(row=problem.row, text=text)


def actions() -> dict[str, str]:
    """Return what every action is called."""
    return {
        "ledger.new": _("New ledger"),
        "import": _("Import"),
        "service.record": _("Record service"),
        "spell.record": _("Record job"),
        "spell.return": _("Record end of job"),
        "intention.record": _("Record intention"),
        "asked.record": _("Enter fact for policies"),
        "person.new": _("New person"),
        "person.move": _("Move person"),
        "person.leave": _("Record departure"),
        "person.merge": _("Merge records"),
        "person.merge_sure": _("Merge all that are surely one person"),
        "person.take_over": _("Let the village's records stand for what was imported"),
        "duplicate.dismiss": _("Tell two people apart"),
        "household.new": _("New household"),
        "household.head": _("Change head"),
        "household.split": _("Split household"),
        "household.group": _("Change village group"),
        "person.contact": _("Change telephone and bank card"),
        "attachment.attach": _("Attach photo"),
        "attachment.describe": _("Correct what a photo shows"),
        "attachment.take_out": _("Take out photo"),
        "fact.record": _("Record fact of work"),
        "record.void": _("Void record"),
        "household.monitoring": _("Record monitoring"),
        "claim.file": _("File claim"),
        "pack.adopt": _("Follow policy pack"),
        "parameter.set": _("Enter figure of this place"),
        "claim.advance": _("Move claim"),
        "claim.object": _("Record objection"),
        "claim.papers": _("Note papers"),
        "claim.resolve": _("Resolve objection"),
        "payment.take": _("Take in payment results"),
        "roster.make": _("Make roster"),
        "mapping.save": _("Map columns"),
        "mapping.forget": _("Forget mapping"),
        "upload.write": _("Write monthly workbook"),
        "template.add": _("Keep template"),
        "template.take_out": _("Take out template"),
        "month.close": _("Close month"),
        "month.accept": _("Accept month"),
        "month.return": _("Return month"),
        "officer.change": _("Change of officer"),
        "check.exempt": _("Explain a finding"),
        "comparison.make": _("Compare with a list"),
        "feedback.write": _("Write feedback"),
        "problem.raise": _("Raise problem"),
        "receive.file": _("Receive workbook"),
        "receive.plain": _("Take in plain sheet"),
        "conflict.decide": _("Decide between two values"),
        "device.enrol": _("Enrol device"),
        "device.refuse": _("Refuse device"),
        "proposal.make": _("Propose to the owner"),
        "proposal.withdraw": _("Withdraw proposal"),
        "proposal.accept": _("Accept proposal"),
        "proposal.decline": _("Decline proposal"),
        "todo.answer": _("Answer to-do"),
        "todo.settle": _("Close problems that are put right"),
        "check.unexempt": _("Take an explanation back"),
        "setting.change": _("Change setting"),
        "view.save": _("Save view"),
        "view.change": _("Change view"),
        "view.rename": _("Rename view"),
        "view.delete": _("Delete view"),
        "cells.edit": _("Change"),
        "cells.paste": _("Paste"),
        "cells.fill": _("Fill down"),
        "cells.clear": _("Clear"),
        "rows.enter": _("Enter rows"),
    }


def action_text(action: str, values: Values) -> str:
    """Return a change set in a few words: 登记服务 马国强."""
    if action == "undo":
        return _("Undo: {what}").format(what=action_text(str(values.get("of", "")), values))
    if action == "redo":
        return _("Redo: {what}").format(what=action_text(str(values.get("of", "")), values))
    names = actions()
    count, files = values.get("count", 1), values.get("files")
    if isinstance(files, list) and len(files) > 1:
        return f"{names.get(action, action)} " + _n("{count} file", "{count} files", len(files)).format(
            count=len(files)
        )
    who = str(values.get("name", ""))
    if action == "setting.change":
        who = setting_text(who)
    if isinstance(count, int) and count > 1 and action == "claim.file":
        who = _n("{name}, {count} claim", "{name}, {count} claims", count).format(name=who, count=count)
    elif isinstance(count, int) and count > 1:
        who = _n("{name}, {count} person", "{name}, {count} people", count).format(name=who, count=count)
    return f"{names.get(action, action)} {who}".strip()


def setting_text(key: str) -> str:
    """Return what a setting is called."""
    names = {
        "language": _("Language"),
        "theme": _("Colours"),
        "last_ledger": _("Ledger opened last"),
        "window": _("Place of the window"),
        "font_size": _("Size of text"),
        "page": _("Room opened last"),
        "side_width": _("Width of the panel beside a list"),
        "lists": _("Columns of the lists"),
        "scope": _("Area of the ledger"),
        "officer": _("Officer"),
        "pack": _("Policy pack"),
        "zeroing_limit": _("Limit for zeroing (days)"),
        "contact_limit": _("Limit without contact (days)"),
        "older_from": _("Older workers from the age of"),
        "reporting_day": _("Reporting day"),
        "figures_day": _("Day the figures stand for"),
        "workdays": _("Calendar of working days"),
    }
    return names.get(key, BY_KEY[key].explanation if key in BY_KEY else key)


def table_text(table: str) -> str:
    """Return what a record of a table is called."""
    names = {
        "household": _("Household"),
        "household_attribute": _("Household fact"),
        "monitoring": _("Monitoring"),
        "person": _("Person"),
        "membership": _("Membership"),
        "person_attribute": _("Personal fact"),
        "spell": _("Job"),
        "intention": _("Intention"),
        "service_record": _("Service"),
        "claim": _("Claim"),
        "claim_step": _("Step of a claim"),
        "upload": _("Monthly workbook"),
        "setting": _("Setting"),
        "exemption": _("Explained finding"),
        "attachment": _("Photo of a paper"),
        "saved_view": _("View"),
        "conflict": _("Two versions of a field"),
        "device": _("Device of a village"),
        "month_close": _("Step of closing a month"),
        "received": _("Received workbook"),
        "proposal": _("Proposed value"),
        "problem": _("Problem sent back"),
        "reply": _("Reply"),
        "comparison": _("Comparison"),
        "comparison_result": _("Result of a comparison"),
        "organisation": _("Organisation"),
        "engagement": _("Person of an organisation"),
        "head_count": _("Head-count of a month"),
        "wage": _("Wage of a month"),
        "contract": _("Labour contract"),
        "insurance": _("Insurance"),
        "certificate": _("Certificate"),
        "business": _("Business"),
        "loan": _("Loan"),
        "post": _("Public post"),
        "post_holding": _("Holder of a public post"),
        "evidence": _("Paper of a claim"),
        "objection": _("Objection"),
        "roster": _("Roster"),
        "payment": _("Payment"),
        "adopted_pack": _("Adopted policy pack"),
    }
    return names.get(table, table)


def field_text(table: str, field: str) -> str:
    """Return what a field is called in history lines; without a field, the record itself."""
    if not field:
        return table_text(table)
    own = {
        "household.group_name": _("Group"),
        "household.phone": _("Household's telephone"),
        "household_attribute.value": _("Value"),
        "person_attribute.value": _("Value"),
        "monitoring.kind": _("Monitored kind"),
        "membership.since": _("Member since"),
        "membership.until": _("Member until"),
        "spell.kind": _("Kind of work"),
        "intention.kind": _("Wish for work"),
        "service_record.kind": _("Kind of service"),
        "service_record.on": _("Day of service"),
        "setting.key": _("Setting"),
        "exemption.check": _("Data check"),
        "exemption.other": _("Second record"),
        "attachment.kind": _("Kind of paper"),
        "attachment.title": _("What it shows"),
        "attachment.taken_on": _("Taken on"),
        "attachment.media_type": _("Kind of file"),
        "attachment.size": _("Bytes"),
        "attachment.digest": _("Seal of the photo"),
        "claim_step.number": _("Place in the claim's life"),
        "certificate.number": _("Number of the certificate"),
        "roster.number": _("Number of the roster"),
        "head_count.number": _("Number of people"),
        "loan.until": _("Due on"),
        "problem.message": _("Problem"),
        "wage.amount": _("Wage paid"),
        "contract.until": _("Contract until"),
        "payment.amount": _("Paid amount"),
        "organisation.name": _("Name of the organisation"),
        "business.name": _("Name of the business"),
        "post.name": _("Name of the post"),
        "organisation.kind": _("Kind of organisation"),
        "head_count.kind": _("Group of people"),
        "insurance.kind": _("Kind of insurance"),
        "certificate.kind": _("Kind of certificate"),
        "business.kind": _("Form of the business"),
        "loan.kind": _("Kind of loan"),
        "post.kind": _("Kind of post"),
        "evidence.kind": _("Kind of paper"),
        "comparison.kind": _("Kind of list"),
        "received.kind": _("Kind of workbook"),
        "upload.kind": _("Kind of workbook"),
        "problem.sheet": _("Sheet"),
        "contract.spell_id": _("Job"),
    }
    return own.get(f"{table}.{field}") or _fields().get(field, field)


def _fields() -> dict[str, str]:
    return {
        **_facts(),
        **_of_exchange(),
        **_of_work(),
        "number": _("Claim number"),
        "pack": _("Policy pack"),
        "item": _("Item"),
        "cycle": _("Cycle"),
        "amount": _("Amount"),
        "state": _("State"),
        "filed_on": _("Filed on"),
        "assessed_on": _("Assessed on"),
        "answer": _("Stored answer"),
        "beneficiary": _("Beneficiary"),
        "beneficiary_kind": _("Kind of beneficiary"),
        "claim_id": _("Claim"),
        "on": _("Day"),
        "reason": _("Reason"),
        "month": _("Month"),
        "written_on": _("Written on"),
        "file_name": _("File"),
        "digest": _("Seal of the values"),
        "counts": _("Rows"),
        "value": _("Value"),
    }


def _facts() -> dict[str, str]:
    return {
        "household_no": _("Household number"),
        "village_code": _("Village"),
        "household_id": _("Household"),
        "person_id": _("Person"),
        "attribute": _("Kind of fact"),
        "since": _("Since"),
        "until": _("Until"),
        "identified_on": _("Identified on"),
        "resolved_on": _("Risk resolved on"),
        "risks": _("Risks"),
        "name": _("Name"),
        "identity_number": _("Identity number"),
        "person_no": _("Person number"),
        "sex": _("Sex"),
        "born": _("Born"),
        "ethnicity": _("Ethnicity"),
        "phone": _("Telephone"),
        "disability": _("Disability"),
        "card_holder": _("Card holder"),
        "card_bank": _("Bank"),
        "card_number": _("Bank card"),
        "relation": _("Relation to head"),
        "started_on": _("First day"),
        "ended_on": _("Last day"),
        "place_code": _("Place (code)"),
        "place_text": _("Place of work"),
        "employer": _("Employer"),
        "industry": _("Industry"),
        "trade": _("Trade"),
        "channel": _("Channel"),
        "wage": _("Monthly wage"),
        "contract": _("Contract"),
        "insured": _("Insured"),
        "point_to_point": _("Taken from point to point"),
        "end_reason": _("Reason for the end"),
        "came_home": _("Came home"),
        "outcome": _("Outcome"),
        "vacancy": _("Vacancy"),
        "screen": _("Page of the window"),
        "definition": _("What the view shows"),
        "note": _("Note"),
        "officer": _("Officer"),
    }


def _of_exchange() -> dict[str, str]:
    return {
        "table": _("Kind of record"),
        "record": _("Record"),
        "field": _("Field"),
        "base": _("Value before"),
        "ours": _("Held here"),
        "theirs": _("Held there"),
        "written": _("Who wrote it"),
        "decided": _("Decided"),
        "level": _("Level"),
        "figures": _("Figures"),
        "device": _("Device"),
        "public_key": _("Public key"),
        "fingerprint": _("Fingerprint"),
        "enrolled_on": _("Enrolled on"),
        "vector": _("How far each device is"),
        "previous": _("Seal of the one before"),
        "standing": _("Standing"),
        "seal": _("Seal"),
        "cells": _("Cells"),
        "received_on": _("Received on"),
        "feedback_on": _("Answered on"),
        "was": _("Value there was"),
        "sheet": _("Sheet"),
        "row": _("Row"),
        "column": _("Column"),
        "code": _("Code"),
        "message": _("Problem"),
        "raised_on": _("Raised on"),
        "about": _("About"),
        "as_of": _("As of"),
        "compared_on": _("Compared on"),
        "comparison_id": _("Comparison"),
        "result": _("What it found"),
    }


def _of_work() -> dict[str, str]:
    return {
        "credit_code": _("Credit code"),
        "size": _("Size"),
        "certified_on": _("Certified on"),
        "opened_on": _("Opened on"),
        "closed_on": _("Closed on"),
        "contact": _("Contact person"),
        "account": _("Account"),
        "organisation_id": _("Organisation"),
        "spell_id": _("Job"),
        "role": _("Role"),
        "by_bank": _("Paid through a bank"),
        "signed_on": _("Signed on"),
        "payer": _("Payer"),
        "paid": _("Paid"),
        "issued_on": _("Issued on"),
        "course": _("Course"),
        "cost": _("Cost"),
        "first": _("First business"),
        "registered_on": _("Registered on"),
        "employed": _("People employed"),
        "purpose": _("Purpose"),
        "rate": _("Rate of interest"),
        "interest_paid": _("Interest paid"),
        "granted_on": _("Granted on"),
        "repaid_on": _("Repaid on"),
        "quota": _("Quota"),
        "post_id": _("Public post"),
        "months_before": _("Months used before"),
        "attachment_id": _("Photo"),
        "by": _("By"),
        "words": _("Words of the objection"),
        "round": _("Round"),
        "made_on": _("Made on"),
        "claims": _("Claims"),
        "paid_on": _("Paid on"),
        "place": _("Place of the pack"),
        "texts": _("Texts of the pack"),
        "adopted_on": _("Adopted on"),
    }


def column_text(field: str) -> str:
    """Return what the field that a column of a sheet fills is called."""
    table, _point, name = field.partition(".")
    if table == "link":
        table = "household" if name == "household_no" else "person"
    names = {
        "place.county": _("County"),
        "place.town": _("Town"),
        "place.village": _("Village"),
        "workplace.province": _("Place of work: province"),
        "workplace.city": _("Place of work: city"),
        "workplace.county": _("Place of work: county"),
        "workplace.text": _("Place of work in one cell"),
        "monitoring.resolved": _("Risk resolved"),
        "intention.planned": _("Plans to go out"),
        "intention.place_text": _("Place wished for"),
        "intention.trade": _("Work wished for"),
        "intention.wage": _("Wage wished for"),
    }
    if table.endswith("_attribute"):
        return attribute_text(name)
    return names.get(field) or field_text(table, name)


def record_text(record: str) -> str:
    """Return what a row of a sheet can be."""
    names = {
        "households": _("One household a row"),
        "people": _("One person a row, with household number"),
        "facts": _("Facts about people the ledger knows"),
        "spells": _("One job a row, of people the ledger knows"),
        "intentions": _("Plans to go out, of people the ledger knows"),
    }
    return names[record]


def attribute_text(attribute: str) -> str:
    """Return what a dated fact of a person or household is called."""
    names = {
        "kind": _("Household kind"),
        "relocated": _("Relocated"),
        "low_income": _("Low-income household"),
        "education": _("Education"),
        "schooling": _("At school"),
        "health": _("Health"),
        "labour_skill": _("Labour skill"),
        "hardship": _("Kind of hardship"),
        "graduated_on": _("Graduated on"),
        "registered_unemployed_on": _("Registered unemployed since"),
        "minimum_living": _("Minimum living allowance"),
        "destitute": _("Extremely poor"),
    }
    return names.get(attribute, attribute)


_LISTS = {
    "monitoring.kind": "monitored_kind",
    "month_close.state": "month_state",
    "person.sex": "sex",
    "person.ethnicity": "ethnicity",
    "membership.relation": "relation",
    "membership.end_reason": "leave_reason",
    "spell.kind": "spell_kind",
    "spell.channel": "channel",
    "spell.industry": "industry",
    "spell.end_reason": "end_reason",
    "intention.kind": "intention",
    "service_record.kind": "service_kind",
    "service_record.outcome": "service_outcome",
    "claim.state": "claim_state",
    "claim_step.state": "claim_state",
    "attachment.kind": "attachment_kind",
    "objection.outcome": "objection_outcome",
    "organisation.kind": "organisation_kind",
    "organisation.size": "organisation_size",
    "organisation.level": "organisation_level",
    "engagement.role": "engagement_role",
    "insurance.kind": "insurance_kind",
    "insurance.payer": "payer",
    "certificate.kind": "certificate_kind",
    "business.kind": "business_kind",
    "loan.kind": "loan_kind",
    "post.kind": "post_kind",
    "payment.outcome": "payment_outcome",
}
"""Which code list the values of a field are from."""


def value_text(table: str, field: str, value: object) -> str:
    """Return the value of a field as history shows it: labels, yes and no, yuan."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return label("yes_no", "yes" if value else "no")
    if field in ("wage", "amount", "paid", "cost", "interest_paid") and isinstance(value, int):
        return money.shown(value)
    if table == "head_count" and field == "kind" and value == "all":
        return _("All")
    if field == "rate" and isinstance(value, int):
        return f"{money.yuan(value)}%"
    if isinstance(value, list):
        return labels("risk", value) if field == "risks" else "、".join(map(str, value))
    return label(_LISTS[f"{table}.{field}"], str(value)) if f"{table}.{field}" in _LISTS else str(value)


def payment_text(code: str) -> str:
    """Return what keeps a row of a bank's results from being taken in."""
    return {
        "payment.amount": _("the amount differs from the claim's"),
        "payment.money": _("the amount cannot be read"),
        "payment.date": _("the day cannot be read or has not come yet"),
        "payment.outcome": _("it does not say whether it was paid or failed"),
        "payment.claim": _("no claim that was sent up is found for it"),
        "payment.several": _("several claims could be meant: add the claim number"),
        "payment.twice": _("the claim stands in an earlier row already"),
        "payment.known": _("known already"),
        "payment.state": _("the claim is not approved for payment"),
    }[code]


def entitlement_text(state: str) -> str:
    """Return the state of an entitlement in words."""
    return {
        "eligible": _("Can be claimed"),
        "not_eligible": _("Does not qualify"),
        "unknown": _("Something is missing"),
    }[state]


def list_text(name: str) -> str:
    """Return what a list is called."""
    names = {
        "households": _("Households"),
        "people": _("People"),
        "workers": _("Workers"),
        "workforce": _("Workers and those in work"),
        "employed": _("In work"),
        "farming": _("Farming"),
        "unemployed": _("Without work"),
        "willing": _("Willing to go out"),
        "returned": _("Lost their work"),
        "zeroing": _("To be zeroed"),
        "package-due": _("Services not complete"),
        "contact-overdue": _("Contact overdue"),
        "unstable": _("Unstable work"),
        "posts-ending": _("Public posts ending"),
        "uninsured": _("Not insured"),
        "older": _("Older workers"),
        "left-behind": _("Left behind at home"),
        "incomplete": _("Incomplete records"),
        "mismatched": _("Differing from outside lists"),
        "no-worker-households": _("Households without anyone in work"),
        "claimable": _("Can be claimed"),
    }
    return names[name]


def proposed_text(changed: Changed) -> str:
    """Return what became of a change to records that villages keep."""
    return _n(
        "{count} record belongs to a village: the change was put to it as a proposal; what stands stays until it accepts.",
        "{count} records belong to villages: the changes were put to them as proposals; what stands stays until they accept.",
        changed.proposed,
    ).format(count=changed.proposed)


def unread_text(unread: Sequence[tuple[str, str]]) -> str:
    """Return that sheets of an import are known to nobody."""
    names = "、".join(f"{file} {sheet}" for file, sheet in unread)
    return _("Not recognised and left out: {sheets}. If they hold data, map their columns.").format(
        sheets=names
    )


def progress_text(code: str) -> str:
    """Return what is being done during long work."""
    names = {
        "import.reading": _("Reading the files"),
        "import.checking": _("Checking every cell"),
        "import.writing": _("Writing into the ledger"),
        "compare.comparing": _("Comparing with the ledger"),
        "receive.reading": _("Reading the workbooks"),
        "receive.writing": _("Merging the workbooks"),
        "upload.gathering": _("Gathering the month"),
        "upload.writing": _("Writing the workbook"),
        "export.writing": _("Writing the list"),
        "twins.merging": _("Merging records"),
    }
    return names[code]


def correction_text(code: str) -> str:
    """Return how cells were normalised."""
    names = {
        "number_as_text": _("numbers kept as text"),
        "spaces": _("spaces and invisible characters taken out"),
        "full_width": _("full-width characters made half-width"),
        "lower_case_x": _("lower-case x made a capital"),
        "date": _("dates written in one way"),
        "money": _("amounts written in one way"),
        "spelling": _("other spellings read as the official word"),
        "confirmed": _("identity numbers you confirmed"),
    }
    return names[code]


def layout_text(name: str) -> str:
    """Return what a known workbook layout is called."""
    names = {
        "national_people": _("National system: people"),
        "national_spells": _("National system: jobs"),
        "national_intentions": _("National system: plans to go out"),
        "national_households": _("National system: households"),
        "employment_ledger": _("Monitoring of jobs, people and jobs in one row"),
        "household_survey": _("Survey of people and their plans"),
        "village_spells": _("A village's own list of jobs"),
        "willing": _("List of people willing to go out"),
        "labour_resources": _("Register of workers"),
        "person_facts": _("Facts about people"),
    }
    return names.get(name, name)


def cells_text(kind: str) -> str:
    """Return what a class of cells, or of records, of an import is called."""
    names = {
        "in": _("cells"),
        "accepted": _("accepted"),
        "corrected": _("corrected"),
        "unchanged": _("unchanged"),
        "ignored": _("not kept"),
        "refused": _("refused"),
        "stale": _("older than what is held"),
        "conflict": _("to be decided"),
        "new": _("new"),
        "changed": _("changed"),
        "out_of_scope": _("of other places"),
        "households": _("households"),
        "people": _("people"),
        "spells": _("jobs"),
        "intentions": _("intentions"),
    }
    return names[kind]
