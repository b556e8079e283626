/** Commands that run a Key Broker Service, and those that speak to one. */
package dev.cocolab.cli.kbs;
