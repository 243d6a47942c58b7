// The functions behind operation_table.cpp. Arguments and results are described there.
// Thread rule: see operation.h.
#pragma once

#include "node/control/operation.h"

namespace efface::node {

// read_operations.cpp
ControlResult read_status(const Reading& reading, const Json& arguments);
ControlResult read_queue(const Reading& reading, const Json& arguments);
ControlResult read_study(const Reading& reading, const Json& arguments);
ControlResult read_quarantine(const Reading& reading, const Json& arguments);
ControlResult read_job(const Reading& reading, const Json& arguments);
ControlResult read_destinations(const Reading& reading, const Json& arguments);

// audit_operations.cpp
ControlResult read_audit_page(const Reading& reading, const Json& arguments);
ControlResult verify_audit_page(const Reading& reading, const Json& arguments);
ControlResult note_export(const Changing& changing, const Json& arguments);

// change_operations.cpp
ControlResult release_quarantined(const Changing& changing, const Json& arguments);
ControlResult discard_quarantined(const Changing& changing, const Json& arguments);
ControlResult redeliver_jobs(const Changing& changing, const Json& arguments);
ControlResult hold_destination(const Changing& changing, const Json& arguments);
ControlResult release_destination(const Changing& changing, const Json& arguments);
ControlResult show_node(const Changing& changing, const Json& arguments);

}  // namespace efface::node
