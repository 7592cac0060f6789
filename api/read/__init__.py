"""The read API (`/api/v1`): what pages show, for programs, by a contract that does not break.

A resource is a module with a `router` that answers, and `operations(bureau)` that say what may be
asked and what is answered. All else follows from the operations: how a question is read, the
OpenAPI document, its pages, the lock of the contract. Nothing is worked out here a second time.
The public and auditors are answered the same: what is public.
"""
