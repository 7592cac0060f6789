"""What fields are in English where their classes say nothing: a name means one thing everywhere.

A docstring of the class comes first, and there is the place for what means something of its own.
"""

ENGLISH = """
about what the notice announces
accepted whether the opinion is taken up
account number of the bank account that is paid into
adds_up whether values of its parts may be added
adopters who adopt: one person, or a couple
applicant who applies
approved whether it was approved
area urban or rural, where the standards differ
assessors officers who assessed
audience who may read it
batch number of the batch it belongs to
blocks the content, block by block, in order
breakdowns its values cut by a dimension
card_number 20 characters: resident number, category and grade
care_level how far one looks after oneself
cause why it was done
cells the values of a row, in the order of the columns
certificate_collected whether the certificate was taken back
certificate_number as printed on the certificate
certificates the certificates handed out
channel how the application came in
child the child it is about
child_consented whether the child agreed, from the age at which that is asked for
child_kind in which of the legal situations the child is
co_organisers who organised it together with the bureau
codes the codes that are meant, each once
collection_ground why officers collected the fine on the spot
column column of the website in which it is published
columns the columns, in order
conclusion what the annual inspection comes to
correctionkind how it corrects: changed, revoked or recovered
corrects the event that it corrects, by source and id
covered whether this member is paid for
covered_persons how many persons the case pays for
cut which part of the measure is meant
datacontenttype media type of data; may be left out
deceased who died
decided_by officer who decided
definitions the definitions that values rest on, by their digests
drawn_objects those drawn to be inspected
drawn_officers officers drawn to inspect
edition which edition it is
elder the old person it is about
exact the value before rounding; money in fen
experts how many experts took part
files the files that it is given out as
finding the finding it answers, by its id
first_number first of the running numbers
form version of the form that was used
found_by_township whether the township found the case without an application
from_time time of day at which it begins
ground on which of the legal grounds
guardian who is responsible for the child
handlers officers who handled it
head whether this member is head of the household
hearing_offered whether the party was told of the right to a hearing
holder the person with a disability
how in which way it was settled
id name of the event within its source, never used again
id_kind kind of document that the person is identified by
id_number number of that document, as printed
item which of the listed items
joining members who join the household
kind which kind it is
kinds which kinds there are, each once
last_number last of the running numbers
laws titles of laws that were studied
lawyers how many lawyers are engaged
leader whether it is a leading post
leaving members who leave the household
legal_representative who represents the body by law
legally_qualified whether the officer has passed the legal qualification examination
level which level or grade
licences_shown whether officers showed their licences
listed_ground in which of the listed cases legal review must come first
manner in which way relief was given
may_be_published whether it may be made public
member the member of the household
members all members of the household
merged whether small numbers were merged
merged_into the village that it became part of
method in which way it was served
mode in which way it was held or done
money whether the values are money
months calendar months that are meant, each once
number running number or number as printed
object who or what it is about, by stream
objections how many objections came in
officers officers who took part; the law asks for two
opinions how many opinions came in
origin where the clue came from
outcome what it came to
parent father or mother
parents what is known of each parent
parties both persons of the couple
parts the parts of which it consists
passed whether it was passed
path address on the bureau's own site
payee who is paid where the account of the file is not used
period which period it is about
person the person it is about
phone telephone number
places the places or names that are meant
policy how small numbers are treated
post code of the post
principals who answers for it
procedure which procedure was followed
programme which programme of support pays
published_at address at which it was published
reason why, by the code list
receipt_number running number of the receipt
receivedat when it was received then; in replay ledgers only, and needed there
recipient who received it
registrars registrars who took part
relation of whom it is the account, or how they are related
residence_outside where one belongs who has no household registration
review_months months until the next review
rows the rows, in order
runs pieces of text, in order
says what a source says of it
seal_collected whether the seal was taken back
section code of the section of the report
sections how many sections there are
sequence the source's own running number, one more each time
service the legal service, by its number
sex left out where the number of the document says it
signs how many signs there are
situation in which situation a parent is
source registered name of the system that sends it
specversion version of CloudEvents
stage at which stage it is published
standards codes of the standards that apply
subject the thing it is about
subjects which kinds of bodies are meant
suitable whether they are suitable to adopt
support who supports it, or how many
table the table of this block
time when it happened, with its offset from UTC
told the values as published
topic topic under which it is published
total whether it is the total of the others
type which type it is
until_time time of day at which it ends
url web address
values the values, in order
village code of the village
villages codes of the villages, each once
waived whether the party gave up the right to be heard
way in which way
witnesses officers who watched the destruction
year calendar year
"""
