#!/bin/sh
# Lets libFuzzer look for bytes that the fast lane's scanners read wrongly, for so many seconds, under AddressSanitizer.
# What it found to reach new code is kept in .build/fuzzing and begins the next run.
set -eu
seconds=${1:-60}
cd "$(dirname "$0")/../.."
work=.build/fuzzing
mkdir -p $work/corpus $work/found
case "$(swiftc -print-target-info | tr -d ' \n')" in
*linux*) ;;
*) echo "fuzzing: skipped, it is set up for Linux only" && exit 0 ;;
esac
swiftc -swift-version 6 -O -g -parse-as-library -sanitize=fuzzer,address -module-name ScannerFuzzer \
    Sources/ProxyHTTP/Scanning/*.swift Tests/fuzzing/ScannerFuzzer.swift -o $work/scanner-fuzzer \
    > $work/log 2>&1 || { cat $work/log; exit 1; }
if ! $work/scanner-fuzzer -max_total_time="$seconds" -max_len=4096 -timeout=10 -print_final_stats=1 \
    -dict=Tests/fuzzing/http.dict -artifact_prefix=$work/found/ $work/corpus Tests/fuzzing/seeds \
    > $work/log 2>&1; then
    grep -vE '^(#|INFO:|	NEW_FUNC)' $work/log | tail -60
    echo "fuzzing: found something, see $work/found"
    exit 1
fi
echo "fuzzing: $(grep '^Done' $work/log), nothing found"
