/** Names and addresses of a lab: which host name is really served where. */
package dev.cocolab.lab.network;
