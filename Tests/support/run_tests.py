"""Runs the built tests and the checks beside them, and ends in one line of counts: `N passed, N failed`."""

import os
import pathlib
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

HERE = pathlib.Path(__file__).parent
PYTHON = HERE.parents[1] / ".venv-tests" / "bin" / "python"

# Hundreds of tests at once on two processors would wait for one another until their deadlines are over. `swift test`
# does not hand that on, so the tests' program is run as it is.
WIDTH = ["--testing-library", "swift-testing", "--experimental-maximum-parallelization-width", "12"]

# Each by itself. The end-to-end tests start programs: between fork and exec a child holds every lock file that is open
# beside it. The million strings and the fault schedules take all the processor there is, and others' deadlines with it.
PARTS = [
    ["--filter", "ProxyHTTPTests"],
    ["--skip", "ProxyHTTPTests|EndToEndTests|RefreshFaultTests"],
    ["--filter", "RefreshFaultTests"],
    ["--filter", "EndToEndTests"],
]


def tests_program():
    """The path of the built tests."""
    folder = subprocess.run(["swift", "build", "--show-bin-path"], check=True, capture_output=True, text=True)
    return str(pathlib.Path(folder.stdout.strip()) / "enlacePackageTests.xctest")


def swift_counts(program, report, part):
    """Passed and failed of a part of the Swift tests; a run that wrote no result counts as one failure."""
    run = subprocess.run([program, *WIDTH, *part, "--xunit-output", str(report)], check=False)
    passed = failed = 0
    try:
        for suite in ElementTree.parse(report).getroot().iter("testsuite"):
            bad = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            passed += int(suite.get("tests", 0)) - bad
            failed += bad
    except (OSError, ElementTree.ParseError) as error:
        print(f"{' '.join(part)}: no result ({error})", flush=True)
    if run.returncode != 0 and failed == 0 or passed + failed == 0:
        failed += 1
    return passed, failed


def openapi_counts():
    """One passed or one failed: whether the OpenAPI document is valid."""
    run = subprocess.run([str(PYTHON), str(HERE / "check_openapi.py")], check=False)
    return (1, 0) if run.returncode == 0 else (0, 1)


def alert_counts():
    """One passed or one failed: whether Prometheus takes the alert rules."""
    run = subprocess.run(["promtool", "check", "rules", str(HERE.parents[1] / "deploy" / "alerts.yaml")], check=False)
    return (1, 0) if run.returncode == 0 else (0, 1)


def torture_counts(program):
    """One passed or one failed: whether a minute of kills and faults loses nothing that was acknowledged."""
    enlace = str(pathlib.Path(program).parent / "enlace")
    run = subprocess.run([sys.executable, str(HERE.parent / "torture" / "torture.py"), enlace], check=False)
    return (1, 0) if run.returncode == 0 else (0, 1)


def fuzzing_counts():
    """One passed or one failed: whether a coverage-guided search finds bytes that the scanners read wrongly."""
    run = subprocess.run(["sh", str(HERE.parent / "fuzzing" / "fuzz.sh"), "20"], check=False)
    return (1, 0) if run.returncode == 0 else (0, 1)


def soak_counts(program):
    """One passed or one failed: whether a minute of load, with the upstream dying meanwhile, is borne as promised."""
    environment = os.environ | {"SECONDS": "60", "BENCH_FOLDER": ".build/soak"}
    run = subprocess.run([pathlib.Path(program).parent / "GatewayBenchmarks", "soak"], check=False, env=environment)
    return (1, 0) if run.returncode == 0 else (0, 1)


def main():
    with tempfile.TemporaryDirectory(prefix="enlace-tests-") as folder:
        counts = [openapi_counts(), alert_counts(), fuzzing_counts()]
        program = tests_program()
        counts += [soak_counts(program), torture_counts(program)]
        counts += [
            swift_counts(program, pathlib.Path(folder) / f"part{number}.xml", part)
            for number, part in enumerate(PARTS)
        ]
    passed, failed = (sum(column) for column in zip(*counts))
    print(f"{passed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
