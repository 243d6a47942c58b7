#include "config/json.h"
#include "node/cli/commands.h"
#include "node/cli/node_access.h"
#include "rules/vocabulary/ae_title.h"

namespace efface::node {

namespace {

std::string joined(const std::vector<std::string>& texts, const char* none) {
    std::string out;
    for (const std::string& text : texts) {
        out += (out.empty() ? "" : ", ") + text;
    }
    return out.empty() ? none : out;
}

std::vector<std::string> address_texts(const PeerSettings& peer) {
    std::vector<std::string> texts;
    for (const CidrBlock& block : peer.addresses) {
        texts.push_back(block.text());
    }
    return texts;
}

/// What the peer would hear (PS3.8 Table 9-21), and why in words of the configuration.
struct Judgement {
    const PeerSettings* peer = nullptr;
    const ProjectSettings* project = nullptr;
    std::string rejected;
    std::string why;
};

Judgement judge(
    const Settings& settings, const std::string& calling, const std::string& called, const IpAddress& from
) {
    Judgement out;
    out.peer = settings.find_peer(calling, from);
    out.project = settings.find_project_by_called_ae(called);
    if (out.peer == nullptr) {
        out.rejected = "calling AE title not recognised (result 1, source 1, reason 3)";
        bool named = false;
        for (const PeerSettings& peer : settings.peers) {
            named = named || peer.calling_ae == "*" || peer.calling_ae == calling;
        }
        out.why = named ? "no [[peer]] with this calling AE title lists this address"
                        : "no [[peer]] has this calling AE title";
    } else if (out.project == nullptr) {
        out.rejected = "called AE title not recognised (result 1, source 1, reason 7)";
        out.why = "no [[project]] answers to this called AE title";
    } else if (!out.peer->may_send_to(out.project->name)) {
        out.rejected = "called AE title not recognised (result 1, source 1, reason 7)";
        out.why = "peer \"" + out.peer->name + "\" may not send to project \"" + out.project->name + "\"";
    }
    return out;
}

}  // namespace

Exit run_peer_list(CommandContext& context, const Arguments&) {
    NodeAccess node{context};
    const auto settings = node.settings();
    if (!settings) {
        return settings.error();
    }
    TextTable table{
        {{"PEER"}, {"CALLING AE"}, {"ADDRESSES"}, {"PROJECTS"}, {"ASSOCIATIONS", TextTable::Align::kRight}}};
    for (const PeerSettings& peer : (*settings)->peers) {
        if (context.output.json()) {
            context.output.json_line(
                {{"peer", peer.name},
                 {"calling_ae", peer.calling_ae},
                 {"addresses", address_texts(peer)},
                 {"projects", peer.projects},
                 {"associations_max", peer.associations_max}}
            );
            continue;
        }
        table.row(
            {peer.name, peer.calling_ae, joined(address_texts(peer), ""), joined(peer.projects, "every"),
             std::to_string(peer.associations_max)}
        );
    }
    if (!context.output.json()) {
        context.output.line(table.empty() ? "No peer is configured: nobody can send." : table.text());
    }
    return Exit::kOk;
}

Exit run_peer_test(CommandContext& context, const Arguments& arguments) {
    NodeAccess node{context};
    const auto settings = node.settings();
    if (!settings) {
        return settings.error();
    }
    const auto calling = rules::AeTitle::parse(arguments.text("--calling"));
    const auto called = rules::AeTitle::parse(arguments.text("--called"));
    const auto from = IpAddress::parse(arguments.text("--address"));
    if (!calling || !called || !from) {
        context.output.error(
            from ? "an AE title has 1 to 16 characters without backslash"
                 : "--address wants an IPv4 or IPv6 address"
        );
        return Exit::kUsage;
    }
    const Judgement judged = judge(**settings, calling->text(), called->text(), *from);
    const bool accepted = judged.rejected.empty();
    if (context.output.json()) {
        context.output.json_line(
            {{"accepted", accepted},
             {"peer", judged.peer == nullptr ? Json(nullptr) : Json(judged.peer->name)},
             {"project", judged.project == nullptr ? Json(nullptr) : Json(judged.project->name)},
             {"rejection", judged.rejected},
             {"why", judged.why}}
        );
    } else if (accepted) {
        context.output.line(
            "accepted: peer \"" + judged.peer->name + "\" to project \"" + judged.project->name + "\""
        );
    } else {
        context.output.line("rejected: " + judged.rejected);
        context.output.line("because " + judged.why);
    }
    return accepted ? Exit::kOk : Exit::kNegative;
}

}  // namespace efface::node
