/** Messages of the attestation service's own REST interface. */
package dev.cocolab.broker.restful;
