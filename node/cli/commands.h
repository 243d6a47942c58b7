// The functions behind command_table.cpp. Thread rule: as the command line.
#pragma once

#include "node/cli/command.h"

namespace efface::node {

// status_command.cpp
Exit run_status(CommandContext& context, const Arguments& arguments);
// job_commands.cpp
Exit run_queue(CommandContext& context, const Arguments& arguments);
Exit run_study_show(CommandContext& context, const Arguments& arguments);
Exit run_quarantine_list(CommandContext& context, const Arguments& arguments);
Exit run_quarantine_show(CommandContext& context, const Arguments& arguments);
// decision_commands.cpp
Exit run_quarantine_release(CommandContext& context, const Arguments& arguments);
Exit run_quarantine_discard(CommandContext& context, const Arguments& arguments);
Exit run_redeliver(CommandContext& context, const Arguments& arguments);
Exit run_destination_hold(CommandContext& context, const Arguments& arguments);
Exit run_destination_release(CommandContext& context, const Arguments& arguments);
// peer_commands.cpp
Exit run_peer_list(CommandContext& context, const Arguments& arguments);
Exit run_peer_test(CommandContext& context, const Arguments& arguments);
// destination_commands.cpp
Exit run_destination_list(CommandContext& context, const Arguments& arguments);
Exit run_destination_test(CommandContext& context, const Arguments& arguments);
// audit_commands.cpp
Exit run_audit_query(CommandContext& context, const Arguments& arguments);
Exit run_audit_export(CommandContext& context, const Arguments& arguments);
Exit run_audit_verify(CommandContext& context, const Arguments& arguments);
Exit run_audit_report(CommandContext& context, const Arguments& arguments);
// preview_command.cpp, occlude_command.cpp
Exit run_preview(CommandContext& context, const Arguments& arguments);
Exit run_occlude(CommandContext& context, const Arguments& arguments);
// enhance_command.cpp, evaluate_command.cpp, watermark_commands.cpp
Exit run_enhance(CommandContext& context, const Arguments& arguments);
Exit run_evaluate(CommandContext& context, const Arguments& arguments);
Exit run_watermark_read(CommandContext& context, const Arguments& arguments);
Exit run_watermark_key(CommandContext& context, const Arguments& arguments);
// rules_commands.cpp
Exit run_rules_check(CommandContext& context, const Arguments& arguments);
Exit run_rules_import_ctp_pixels(CommandContext& context, const Arguments& arguments);
Exit run_rules_example(CommandContext& context, const Arguments& arguments);
Exit run_rules_list(CommandContext& context, const Arguments& arguments);
Exit run_rules_explain(CommandContext& context, const Arguments& arguments);
// key_commands.cpp
Exit run_key_new(CommandContext& context, const Arguments& arguments);
Exit run_key_fingerprint(CommandContext& context, const Arguments& arguments);
// run_command.cpp
Exit run_bulk_command(CommandContext& context, const Arguments& arguments);
// config_commands.cpp
Exit run_config_check(CommandContext& context, const Arguments& arguments);
Exit run_config_example(CommandContext& context, const Arguments& arguments);
// doctor_command.cpp
Exit run_doctor(CommandContext& context, const Arguments& arguments);

}  // namespace efface::node
