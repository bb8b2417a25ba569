#!/bin/sh
# A window that is broken: it says what it was told to say, first at once, then after each line of the agent.
read -r ask
printf '%s\n' "$FIRST"
while read -r told; do printf '%s\n' "$NEXT"; done
