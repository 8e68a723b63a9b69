#!/usr/bin/env bash
# Builds AWS's own runtime client for Node.js, which Lambda runs functions with, where it is not there
# yet, and prints its folder. Needs cmake, make, g++ and tar with xz; no network but npm's registry.
#   test/support/lambda/runtime-client.sh [FOLDER]
set -euo pipefail

version=4.0.2
cd "$(dirname "$0")/../../.."
project=$PWD
folder=${1:-${TMPDIR:-/tmp}/script-engine-runtime-client-$version}
client=$folder/node_modules/aws-lambda-ric

if [ ! -f "$client/rapid-client.node" ]; then
  mkdir -p "$folder"
  cd "$folder"
  echo '{ "private": true }' >package.json
  npm install --silent --no-audit --no-fund --ignore-scripts \
    "aws-lambda-ric@$version" node-addon-api@8.9.2 >&2
  # Its own script makes curl and aws-lambda-cpp; node-gyp would then download headers that npm's
  # package of Node.js has.
  sh "$client/scripts/preinstall.sh" >&2
  headers=$(dirname "$(find "$project/node_modules/node/" -path '*include/node/node.h' | head -n 1)")
  artifacts=$client/deps/artifacts
  g++ -std=c++20 -O2 -fPIC -shared -DNAPI_CPP_EXCEPTIONS -DNODE_GYP_MODULE_NAME=rapid_client \
    -DBUILDING_NODE_EXTENSION -I"$headers" -I"$folder/node_modules/node-addon-api" \
    -I"$artifacts/include" "$client/src/native/rapid-client.cc" \
    "$artifacts/lib/libaws-lambda-runtime.a" "$artifacts/lib/libcurl.a" -pthread \
    -o "$client/rapid-client.node.new"
  mv "$client/rapid-client.node.new" "$client/rapid-client.node"
fi
echo "$client"
