# SPDX-License-Identifier: MIT
include(GNUInstallDirs)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/schemas" DESTINATION "${CMAKE_INSTALL_DATADIR}/absa")
