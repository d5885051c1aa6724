#!/bin/sh
# Publishes the built site of web/dist to the portal deployed as STACK (default: portal), by the aws command and its credentials.
#
#   infra/publish.sh [STACK]
#
# Files under assets/ bear a hash in their names and are kept for good; everything else is asked for again. Pages go last, so that none names
# a file that is not there yet; files of the version before stay for whoever has its page open.
set -eu

stack=${1:-portal}
cd "$(dirname "$0")/.."
[ -f web/dist/index.html ] || {
    echo "publish: web/dist/index.html is missing; build the site first" >&2
    exit 1
}

output() {
    value=$(aws cloudformation describe-stacks --stack-name "$stack" --query "Stacks[0].Outputs[?OutputKey=='$1'].OutputValue" --output text)
    [ -n "$value" ] && [ "$value" != None ] || {
        echo "publish: the stack $stack has no output $1" >&2
        exit 1
    }
    echo "$value"
}

bucket=$(output WebBucket)
distribution=$(output DistributionId)

aws s3 sync web/dist/assets "s3://$bucket/assets" --only-show-errors --cache-control "public, max-age=31536000, immutable"
aws s3 sync web/dist "s3://$bucket" --only-show-errors --exclude "assets/*" --exclude "*.html" --cache-control "public, max-age=300"
aws s3 sync web/dist "s3://$bucket" --only-show-errors --exclude "*" --include "*.html" --cache-control "no-cache"
aws cloudfront create-invalidation --distribution-id "$distribution" --paths "/*" --query Invalidation.Status --output text
