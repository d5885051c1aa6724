// Package aws is the cloud side of the ports: DynamoDB, S3, SES, Step
// Functions and KMS; it also runs one step as a Lambda function. It is the only
// importer of the AWS SDK and of aws-lambda-go.
//
// # Environment
//
// Everything that differs between deployments is read from the environment of
// the function; the templates set exactly the variables that Variables lists
// for a step, so a step can neither name nor reach what it was not granted.
//
//	AWS_REGION, AWS_ACCESS_KEY_ID,       set by Lambda itself
//	AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN
//	TABLE_PEOPLE, TABLE_DOSSIERS         names of the tables
//	BUCKET                               name of the bucket of files
//	SENDER                               address the mails come from
//	CONFIGURATION_SET                    SES configuration set that reports bounces and complaints
//	MACHINE_<NAME>_ARN                   state machine; conformity-review is MACHINE_CONFORMITY_REVIEW_ARN
//	MAC_KEY_<PURPOSE>                    id or ARN of the KMS key (HMAC_256) of a purpose
//	ORIGIN_SECRET                        what CloudFront sends in x-origin-secret (HTTP steps); two
//	                                     separated by a comma while one replaces the other
//	BASE_URL                             https://portal.example, no final slash
//	ASSISTANCE_PHONE, ASSISTANCE_ADDRESS the help block
//	ENVIRONMENT                          name of the deployment, for display only
//
// AWS_ENDPOINT_URL, or AWS_ENDPOINT_URL_DYNAMODB, _S3, _SESV2, _SFN and _KMS,
// send requests elsewhere, as they do for every AWS SDK.
//
// # What the templates must say
//
// An event step on a table's stream answers with the records that failed, so
// its event source mapping needs FunctionResponseTypes: ReportBatchItemFailures
// and a stream that shows new images. A step that reads files needs
// s3:ListBucket on its prefixes besides s3:GetObject: without it S3 answers
// "forbidden" for a file that is not there, and not "not found". A step that
// starts executions needs states:DescribeExecution on them, for Start looks
// first; one that sends mail should have ses:GetSuppressedDestination.
//
// # Errors in state machines
//
// A task's error is called Lambda.Unknown by Retry and Catch unless it has a
// method ErrorName() string, as on one machine.
package aws
