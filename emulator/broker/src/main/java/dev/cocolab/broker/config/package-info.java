/** The configuration file of the Key Broker Service. */
package dev.cocolab.broker.config;
