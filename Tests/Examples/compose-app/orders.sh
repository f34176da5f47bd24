# Adds up the orders in the bucket.
set -eu
file=s3://your-bucket-name/reports/orders.csv

total=0
for line in $(aws s3 cp "$file" - | tail -n +2); do total=$((total + ${line#*,})); done
echo "$total orders, read as $(aws sts get-caller-identity --query Arn --output text)"

if echo "month,orders" | aws s3 cp - "$file" 2>/tmp/refusal; then
  echo "the orders can be overwritten" >&2
  exit 1
fi
grep -q AccessDenied /tmp/refusal
echo "they cannot be overwritten"
