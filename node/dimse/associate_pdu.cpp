#include "node/dimse/associate_pdu.h"

#include "node/dimse/associate_items.h"
#include "node/dimse/limits.h"
#include "node/dimse/wire.h"

#include <algorithm>
#include <bitset>
#include <set>

namespace efface::node {
namespace {

struct Item {
    std::uint8_t type = 0;
    std::span<const std::byte> value;
};

std::string_view as_text(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Reads one item header and its value; the reader is not ok afterwards if it was cut short.
Item next_item(WireReader& reader) {
    Item item;
    item.type = reader.u8();
    reader.u8();
    item.value = reader.take(reader.u16());
    return item;
}

std::string read_version(std::string_view field) {
    std::string text{field.substr(0, 16)};
    std::erase_if(text, [](char c) { return c < ' ' || c > '~'; });
    while (!text.empty() && text.back() == ' ') {
        text.pop_back();
    }
    return text;
}

Result<RequestedContext> decode_requested_context(std::span<const std::byte> value) {
    WireReader reader{value};
    RequestedContext context;
    context.id = reader.u8();
    reader.take(3);
    std::size_t abstract_count = 0;
    while (reader.ok() && !reader.empty()) {
        const Item item = next_item(reader);
        if (item.type == kItemAbstractSyntax) {
            ++abstract_count;
            context.abstract_syntax = read_uid(as_text(item.value));
        } else if (item.type == kItemTransferSyntax) {
            context.transfer_syntaxes.push_back(read_uid(as_text(item.value)));
        }
    }
    if (!reader.ok()) {
        return fail(Fault::kRefuse, "presentation context item is cut short");
    }
    if (abstract_count != 1 || context.transfer_syntaxes.empty()) {
        return fail(
            Fault::kRefuse, "presentation context needs one abstract and 1..n transfer syntaxes",
            Where::number(context.id)
        );
    }
    return context;
}

Result<AnsweredContext> decode_answered_context(std::span<const std::byte> value) {
    WireReader reader{value};
    AnsweredContext context;
    context.id = reader.u8();
    reader.u8();
    context.result = static_cast<ContextResult>(std::min<std::uint8_t>(reader.u8(), 4));
    reader.u8();
    std::size_t syntax_count = 0;
    while (reader.ok() && !reader.empty()) {
        const Item item = next_item(reader);
        if (item.type == kItemTransferSyntax) {
            ++syntax_count;
            context.transfer_syntax = read_uid(as_text(item.value));
        }
    }
    if (!reader.ok()) {
        return fail(Fault::kRefuse, "presentation context item is cut short");
    }
    if (context.result == ContextResult::kAccepted && syntax_count != 1) {
        return fail(
            Fault::kRefuse, "accepted presentation context needs one transfer syntax",
            Where::number(context.id)
        );
    }
    return context;
}

// Ids are odd, 1 to 255, each once (PS3.8 9.3.2.2).
Status note_context_id(std::uint8_t id, std::bitset<256>& seen) {
    if (id % 2 == 0) {
        return fail(Fault::kRefuse, "presentation context id is even", Where::number(id));
    }
    if (seen.test(id)) {
        return fail(Fault::kRefuse, "presentation context id stands there twice", Where::number(id));
    }
    seen.set(id);
    return {};
}

// The user information item, sub-item by sub-item.
class UserInformationReader {
public:
    Result<UserInformation> read(std::span<const std::byte> value) {
        WireReader reader{value};
        while (!reader.empty()) {
            const Item item = next_item(reader);
            if (!reader.ok()) {
                return fail(Fault::kRefuse, "user information sub-item is cut short");
            }
            EFFACE_CHECK(take(item));
        }
        return std::move(user_);
    }

private:
    Status take(const Item& item) {
        switch (item.type) {
            case kItemMaximumLength:
                EFFACE_CHECK(only_once(item.type));
                return maximum_length(item.value);
            case kItemImplementationUid:
                EFFACE_CHECK(only_once(item.type));
                user_.implementation_uid = read_uid(as_text(item.value));
                return {};
            case kItemImplementationVersion:
                EFFACE_CHECK(only_once(item.type));
                user_.implementation_version = read_version(as_text(item.value));
                return {};
            case kItemAsynchronousWindow:
                EFFACE_CHECK(only_once(item.type));
                return asynchronous_window(item.value);
            case kItemUserIdentity:
                EFFACE_CHECK(only_once(item.type));
                user_.user_identity = true;
                user_.user_identity_answer = item.value.size() > 1 && item.value[1] == std::byte{1};
                return {};
            case kItemRoleSelection:
                return role_selection(item.value);
            case kItemExtendedNegotiation:
            case kItemCommonExtendedNegotiation:
                return extended_negotiation(item);
            default:
                return {};  // PS3.8 9.3.1: unrecognized sub-items are ignored.
        }
    }

    Status only_once(std::uint8_t type) {
        if (seen_.test(type)) {
            return fail(Fault::kRefuse, "user information sub-item stands there twice", Where::number(type));
        }
        seen_.set(type);
        return {};
    }

    Status maximum_length(std::span<const std::byte> value) {
        WireReader reader{value};
        user_.pdu_bytes_max = reader.u32();
        if (!reader.ok() || !reader.empty()) {
            return fail(Fault::kRefuse, "maximum length sub-item has a wrong length");
        }
        if (user_.pdu_bytes_max != 0 && user_.pdu_bytes_max < kPeerPduBytesMin) {
            return fail(
                Fault::kRefuse, "maximum length is too small to speak to", Where::number(user_.pdu_bytes_max)
            );
        }
        return {};
    }

    Status asynchronous_window(std::span<const std::byte> value) {
        WireReader reader{value};
        AsynchronousWindow window;
        window.invoked = reader.u16();
        window.performed = reader.u16();
        if (!reader.ok() || !reader.empty()) {
            return fail(Fault::kRefuse, "asynchronous operations sub-item has a wrong length");
        }
        user_.asynchronous_window = window;
        return {};
    }

    Status role_selection(std::span<const std::byte> value) {
        WireReader reader{value};
        RoleSelection role;
        const std::string_view raw = reader.text(reader.u16());
        role.scu = reader.u8() != 0;
        role.scp = reader.u8() != 0;
        if (!reader.ok() || !reader.empty()) {
            return fail(Fault::kRefuse, "role selection sub-item has a wrong length");
        }
        role.sop_class_uid = read_uid(raw);
        EFFACE_CHECK(only_once_per_class(kItemRoleSelection, role.sop_class_uid));
        user_.roles.push_back(std::move(role));
        return {};
    }

    Status extended_negotiation(const Item& item) {
        WireReader reader{item.value};
        const std::string_view raw = reader.text(reader.u16());
        if (!reader.ok()) {
            return fail(Fault::kRefuse, "extended negotiation sub-item is cut short");
        }
        return only_once_per_class(item.type, std::string{raw});
    }

    Status only_once_per_class(std::uint8_t type, std::string sop_class_uid) {
        if (!seen_per_class_.emplace(type, std::move(sop_class_uid)).second) {
            return fail(
                Fault::kRefuse, "negotiation sub-item stands there twice for a class", Where::number(type)
            );
        }
        return {};
    }

    UserInformation user_;
    std::bitset<256> seen_;
    std::set<std::pair<std::uint8_t, std::string>> seen_per_class_;
};

// What both PDUs share: the fixed head, then items; `context` takes each presentation context.
template <class TakeContext>
Status read_items(
    WireReader& reader, std::string& application_context, UserInformation& user, TakeContext take_context
) {
    std::bitset<256> seen;
    std::size_t context_count = 0;
    while (!reader.empty()) {
        const Item item = next_item(reader);
        if (!reader.ok()) {
            return fail(Fault::kRefuse, "item is cut short");
        }
        if (item.type == kItemApplicationContext || item.type == kItemUserInformation) {
            if (seen.test(item.type)) {
                return fail(Fault::kRefuse, "item stands there twice", Where::number(item.type));
            }
            seen.set(item.type);
        }
        if (item.type == kItemApplicationContext) {
            application_context = read_uid(as_text(item.value));
        } else if (item.type == kItemUserInformation) {
            EFFACE_TRY(user, UserInformationReader{}.read(item.value));
        } else if (item.type == kItemRequestedContext || item.type == kItemAnsweredContext) {
            if (++context_count > kPresentationContextsMax) {
                return fail(Fault::kRefuse, "more than 128 presentation contexts");
            }
            EFFACE_CHECK(take_context(item));
        }
    }
    return {};
}

}  // namespace

std::string read_uid(std::string_view field) {
    while (!field.empty() && (field.back() == '\0' || field.back() == ' ')) {
        field.remove_suffix(1);
    }
    const bool legal = !field.empty() && field.size() <= 64 &&
                       std::ranges::all_of(field, [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
    return legal ? std::string{field} : std::string{};
}

std::string read_ae_title(std::string_view field) {
    while (!field.empty() && (field.back() == '\0' || field.back() == ' ')) {
        field.remove_suffix(1);
    }
    while (!field.empty() && field.front() == ' ') {
        field.remove_prefix(1);
    }
    const bool legal = field.size() <= 16 &&
                       std::ranges::all_of(field, [](char c) { return c >= ' ' && c <= '~' && c != '\\'; });
    return legal ? std::string{field} : std::string{};
}

Result<AssociateRequest> decode_associate_request(std::span<const std::byte> body) {
    WireReader reader{body};
    AssociateRequest request;
    request.protocol_version = reader.u16();
    reader.u16();
    const auto echoed = reader.take(64);
    if (!reader.ok()) {
        return fail(Fault::kRefuse, "A-ASSOCIATE-RQ is cut short");
    }
    std::ranges::copy(echoed, request.echoed.begin());
    request.called_ae = read_ae_title(as_text(echoed.first(16)));
    request.calling_ae = read_ae_title(as_text(echoed.subspan(16, 16)));
    std::bitset<256> ids;
    const auto take_context = [&](const Item& item) -> Status {
        if (item.type != kItemRequestedContext) {
            return {};
        }
        EFFACE_TRY(RequestedContext context, decode_requested_context(item.value));
        EFFACE_CHECK(note_context_id(context.id, ids));
        request.contexts.push_back(std::move(context));
        return {};
    };
    EFFACE_CHECK(read_items(reader, request.application_context, request.user, take_context));
    if (request.contexts.empty()) {
        return fail(Fault::kRefuse, "A-ASSOCIATE-RQ has no presentation context");
    }
    return request;
}

Result<AssociateAccept> decode_associate_accept(std::span<const std::byte> body) {
    WireReader reader{body};
    AssociateAccept accept;
    reader.take(4);
    const auto echoed = reader.take(64);
    if (!reader.ok()) {
        return fail(Fault::kRefuse, "A-ASSOCIATE-AC is cut short");
    }
    std::ranges::copy(echoed, accept.echoed.begin());
    std::string application_context;
    std::bitset<256> ids;
    const auto take_context = [&](const Item& item) -> Status {
        if (item.type != kItemAnsweredContext) {
            return {};
        }
        EFFACE_TRY(AnsweredContext context, decode_answered_context(item.value));
        EFFACE_CHECK(note_context_id(context.id, ids));
        accept.contexts.push_back(std::move(context));
        return {};
    };
    EFFACE_CHECK(read_items(reader, application_context, accept.user, take_context));
    return accept;
}

}  // namespace efface::node
