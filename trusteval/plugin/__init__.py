"""All that knows pytest: options, parameters, fixtures, outcomes and the report's collector."""
