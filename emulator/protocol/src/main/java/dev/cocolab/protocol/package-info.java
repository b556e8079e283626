/**
 * What guest and broker say to each other: the RCAR 0.4.0 messages of the Key Broker Service, the
 * JWE in which resources travel, resource URIs, initdata, and the {@link
 * dev.cocolab.protocol.Profile} of the release that is emulated.
 *
 * <p>Nothing here opens a connection or keeps state.
 */
package dev.cocolab.protocol;
