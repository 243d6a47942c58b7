// Writing A-ASSOCIATE-RQ and -AC.
#include "node/dimse/associate_items.h"
#include "node/dimse/associate_pdu.h"
#include "node/dimse/wire.h"

namespace efface::node {
namespace {

void write_uid_item(WireWriter& writer, std::uint8_t type, std::string_view uid) {
    writer.u8(type);
    writer.u8(0);
    writer.u16(uid.size());
    writer.text(uid);
}

std::size_t open_item(WireWriter& writer, std::uint8_t type) {
    writer.u8(type);
    writer.u8(0);
    const std::size_t at = writer.position();
    writer.u16(0);
    return at;
}

void write_user_information(WireWriter& writer, const UserInformation& user) {
    const std::size_t whole = open_item(writer, kItemUserInformation);
    writer.u8(kItemMaximumLength);
    writer.u8(0);
    writer.u16(4);
    writer.u32(user.pdu_bytes_max);
    write_uid_item(writer, kItemImplementationUid, user.implementation_uid);
    if (user.asynchronous_window) {
        const std::size_t at = open_item(writer, kItemAsynchronousWindow);
        writer.u16(user.asynchronous_window->invoked);
        writer.u16(user.asynchronous_window->performed);
        writer.close_u16(at);
    }
    for (const RoleSelection& role : user.roles) {
        const std::size_t at = open_item(writer, kItemRoleSelection);
        writer.u16(role.sop_class_uid.size());
        writer.text(role.sop_class_uid);
        writer.u8(role.scu ? 1 : 0);
        writer.u8(role.scp ? 1 : 0);
        writer.close_u16(at);
    }
    if (!user.implementation_version.empty()) {
        write_uid_item(writer, kItemImplementationVersion, user.implementation_version);
    }
    writer.close_u16(whole);
}

std::size_t open_pdu(WireWriter& writer, PduType type) {
    writer.u8(static_cast<std::uint8_t>(type));
    writer.u8(0);
    const std::size_t at = writer.position();
    writer.u32(0);
    writer.u16(1);  // Protocol version.
    writer.u16(0);
    return at;
}

}  // namespace

Bytes encode_associate_request(const AssociateRequest& request) {
    Bytes out;
    WireWriter writer{out};
    const std::size_t whole = open_pdu(writer, PduType::kAssociateRq);
    writer.padded(request.called_ae, 16);
    writer.padded(request.calling_ae, 16);
    writer.text(std::string(32, '\0'));
    write_uid_item(writer, kItemApplicationContext, kDicomApplicationContext);
    for (const RequestedContext& context : request.contexts) {
        const std::size_t at = open_item(writer, kItemRequestedContext);
        writer.u8(context.id);
        writer.text(std::string_view{"\0\0\0", 3});
        write_uid_item(writer, kItemAbstractSyntax, context.abstract_syntax);
        for (const std::string& syntax : context.transfer_syntaxes) {
            write_uid_item(writer, kItemTransferSyntax, syntax);
        }
        writer.close_u16(at);
    }
    write_user_information(writer, request.user);
    writer.close_u32(whole);
    return out;
}

Bytes encode_associate_accept(const AssociateAccept& accept) {
    Bytes out;
    WireWriter writer{out};
    const std::size_t whole = open_pdu(writer, PduType::kAssociateAc);
    writer.text({reinterpret_cast<const char*>(accept.echoed.data()), accept.echoed.size()});
    write_uid_item(writer, kItemApplicationContext, kDicomApplicationContext);
    for (const AnsweredContext& context : accept.contexts) {
        const std::size_t at = open_item(writer, kItemAnsweredContext);
        writer.u8(context.id);
        writer.u8(0);
        writer.u8(static_cast<std::uint8_t>(context.result));
        writer.u8(0);
        write_uid_item(writer, kItemTransferSyntax, context.transfer_syntax);
        writer.close_u16(at);
    }
    write_user_information(writer, accept.user);
    writer.close_u32(whole);
    return out;
}

}  // namespace efface::node
