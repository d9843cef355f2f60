// Nothing is declared here: Swift's runtime calls what this module defines.
