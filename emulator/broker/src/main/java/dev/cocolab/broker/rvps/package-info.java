/**
 * The Reference Value Provider Service: messages that bring reference values, and the formats of
 * manifests that they are taken from.
 */
package dev.cocolab.broker.rvps;
