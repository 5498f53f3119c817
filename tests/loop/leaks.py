# SPDX-License-Identifier: GPL-3.0-or-later
"""Fifty calls of a doctor that was built with AddressSanitizer (tools/leaks): what is left of them."""

import os
import re
import sys
import tempfile
from pathlib import Path

import loop
import visit

CALLS = 50
OURS = re.compile(r"/(src/(base|resource|fhir|call)|tests/call)/")


def left(pid):
    return len(os.listdir(f"/proc/{pid}/task")), len(os.listdir(f"/proc/{pid}/fd"))


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        said, wrapper = folder / "said", folder / "doctor"
        wrapper.write_text(f'#!/bin/sh\nexec "{os.environ["ZQ_ASAN_DOCTOR"]}" "$@" 2>"{said}"\n')
        wrapper.chmod(0o755)
        os.environ.update(ZQ_CALL_DOCTOR=str(wrapper), ASAN_OPTIONS="detect_leaks=1:exitcode=0:fast_unwind_on_malloc=0:malloc_context_size=20")
        hospital = loop.Hospital(folder)
        counts = []
        try:
            with visit.Patient(hospital) as patient:
                appointment = visit.first_visit(patient)
                with visit.Doctor(hospital, appointment) as doctor:
                    doctor.wait_state("alone")
                    patient.do("enter", visit=appointment)
                    doctor.wait_state("waiting", 60)
                    for _ in range(CALLS):
                        doctor.say("admit")
                        doctor.wait("live", lambda line: line["state"] == "live" and line["frames"] > 0, 90)
                        doctor.say("hold")
                        patient.do("wait", state="waiting")
                        doctor.wait_state("waiting", 60)
                        counts.append(left(doctor.process.pid))
        finally:
            hospital.stop()
        report = said.read_text(errors="replace")
    ours = [block for block in re.split(r"\n\n", report) if "leak of" in block and OURS.search(block)]
    errors = [line for line in report.splitlines() if "ERROR: AddressSanitizer" in line or ("runtime error" in line and OURS.search(line))]
    print(f"after the 2nd call {counts[1][0]} threads, {counts[1][1]} descriptors; after the {CALLS}th {counts[-1][0]}, {counts[-1][1]}")
    print("\n\n".join(errors + ours) or "nothing that our code lost")
    grown = counts[-1][0] > counts[1][0] or counts[-1][1] > counts[1][1]
    sys.exit(1 if ours or errors or grown else 0)


main()
