# SPDX-License-Identifier: MIT
include(GNUInstallDirs)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/schemas" DESTINATION "${CMAKE_INSTALL_DATADIR}/absa")
# Where deploy/grafana/provisioning looks.
install(DIRECTORY deploy/grafana deploy/prometheus DESTINATION "${CMAKE_INSTALL_DATADIR}/absa")
# An alert names its runbook; a message of the configuration, its page.
install(FILES LICENSE README.md ARCHITECTURE.md CHANGELOG.md SECURITY.md THIRD_PARTY.md
        DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(FILES docs/CONFIGURATION.md docs/METRICS.md DESTINATION "${CMAKE_INSTALL_DOCDIR}/docs")
install(DIRECTORY docs/runbook docs/adr docs/images DESTINATION "${CMAKE_INSTALL_DOCDIR}/docs")
