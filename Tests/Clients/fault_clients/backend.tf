# Terraform's S3 backend takes its credentials as every Go program with AWS's SDK v2 does.
terraform {
  backend "s3" {
    bucket                      = "your-bucket-name"
    key                         = "state"
    use_path_style              = true
    skip_requesting_account_id  = true
    skip_credentials_validation = true
  }
}
