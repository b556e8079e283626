/**
 * Who may administer the broker: everybody, nobody, or whoever bears a token of a trusted issuer.
 */
package dev.cocolab.broker.admin;
