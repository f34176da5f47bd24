#pragma once
// OpenSSL 3, with `static inline` stand-ins for what C macros and variadics hide from Swift.
#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <openssl/cryptoerr_legacy.h>
#include <openssl/sslerr_legacy.h>

// The texts of errors take half a megabyte of a process that may never fail: TLS starts without them,
// and whoever reads an error loads them first. OpenSSL calls these loaders deprecated, since it loads
// all texts by itself unless told not to.
static inline void copenssl_start_without_texts(void) {
  OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_SSL_STRINGS | OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS, NULL);
}

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wdeprecated-declarations"
static inline const char *copenssl_reason(unsigned long code) {
  ERR_load_SSL_strings();
  ERR_load_EVP_strings();
  ERR_load_PEM_strings();
  ERR_load_ASN1_strings();
  ERR_load_X509_strings();
  ERR_load_RSA_strings();
  ERR_load_EC_strings();
  return ERR_reason_error_string(code);
}
#pragma clang diagnostic pop
