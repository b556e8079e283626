/** The attestation service: evidence to claims, claims to an appraisal, appraisals to a token. */
package dev.cocolab.broker.appraisal;
