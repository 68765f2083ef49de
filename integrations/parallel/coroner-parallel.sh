#!/usr/bin/env bash
# Summarizes a plan with GNU parallel, here or on other machines, and merges the parts.
# Started again after a failure it goes on where it stopped: parts are whole or not there.
# usage: coroner-parallel.sh PLAN OUT.cor [options of parallel: -j8, -S 8/hosta,8/hostb ...]
set -euo pipefail
plan=$1 out=$2
shift 2
bin=${CORONER:-coroner} parts=$out.parts
mkdir -p "$parts"
rows=$(grep -c . "$plan")
seq 0 $((rows - 1)) | parallel "$@" --joblog "$parts/joblog" --resume-failed --retries 8 \
    "$bin" summarize --plan "$plan" --row {} -o "$parts"
"$bin" merge "$parts"/*.cor -o "$out"
