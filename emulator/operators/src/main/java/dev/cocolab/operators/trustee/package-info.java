/**
 * Trustee's operator: from a KbsConfig to a Deployment and a Service, and the objects around them.
 */
package dev.cocolab.operators.trustee;
