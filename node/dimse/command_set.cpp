#include "node/dimse/command_set.h"

#include "node/dimse/associate_pdu.h"
#include "node/dimse/limits.h"

#include <algorithm>
#include <bitset>

namespace efface::node {
namespace {

// Element numbers within group 0000.
enum Element : std::uint16_t {
    kGroupLength = 0x0000,
    kAffectedClass = 0x0002,
    kRequestedClass = 0x0003,
    kCommandField = 0x0100,
    kMessageId = 0x0110,
    kRespondedId = 0x0120,
    kMoveDestination = 0x0600,
    kPriority = 0x0700,
    kDataSetType = 0x0800,
    kStatus = 0x0900,
    kAffectedInstance = 0x1000,
    kRequestedInstance = 0x1001,
    kMoveOriginatorAe = 0x1030,
    kMoveOriginatorId = 0x1031,
};

constexpr std::size_t kElementHeaderBytes = 8;

std::uint32_t little(std::span<const std::byte> bytes) {
    std::uint32_t value = 0;
    for (std::size_t i = bytes.size(); i-- > 0;) {
        value = (value << 8U) | std::to_integer<std::uint32_t>(bytes[i]);
    }
    return value;
}

// Fills a CommandSet, one element at a time.
class CommandReader {
public:
    Status take(std::uint16_t element, std::span<const std::byte> value) {
        const std::string_view text{reinterpret_cast<const char*>(value.data()), value.size()};
        switch (element) {
            case kAffectedClass:
            case kRequestedClass:
                EFFACE_CHECK(once(kSeenClass));
                set_.sop_class_uid = read_uid(text);
                return {};
            case kAffectedInstance:
            case kRequestedInstance:
                EFFACE_CHECK(once(kSeenInstance));
                set_.sop_instance_present = !text.empty();
                set_.sop_instance_uid = Phi<std::string>{read_uid(text)};
                return {};
            case kMoveOriginatorAe:
                EFFACE_CHECK(once(kSeenOriginator));
                set_.move_originator_ae = read_ae_title(text);
                return {};
            default:
                return take_number(element, value);
        }
    }

    Result<CommandSet> finish() {
        if (!seen_.test(kSeenField) || !seen_.test(kSeenDataSetType)) {
            return fail(Fault::kRefuse, "command set lacks its Command Field or Data Set Type");
        }
        return std::move(set_);
    }

private:
    enum Seen : std::uint8_t {
        kSeenClass,
        kSeenInstance,
        kSeenOriginator,
        kSeenOriginatorId,
        kSeenField,
        kSeenMessageId,
        kSeenRespondedId,
        kSeenPriority,
        kSeenDataSetType,
        kSeenStatus,
        kSeenCount,
    };

    Status take_number(std::uint16_t element, std::span<const std::byte> value) {
        switch (element) {
            case kCommandField:
                return number(element, kSeenField, value, set_.field);
            case kMessageId:
                return number(element, kSeenMessageId, value, set_.message_id.emplace());
            case kRespondedId:
                return number(element, kSeenRespondedId, value, set_.responded_id.emplace());
            case kStatus:
                return number(element, kSeenStatus, value, set_.status.emplace());
            case kPriority:
                return number(element, kSeenPriority, value, set_.priority);
            case kDataSetType:
                return number(element, kSeenDataSetType, value, set_.data_set_type);
            case kMoveOriginatorId:
                return number(element, kSeenOriginatorId, value, set_.move_originator_id);
            default:
                return {};  // Group length, error comment and what later editions add.
        }
    }

    Status number(std::uint16_t element, Seen seen, std::span<const std::byte> value, std::uint16_t& out) {
        EFFACE_CHECK(once(seen));
        if (value.size() != 2) {
            return fail(Fault::kRefuse, "command element is not two bytes long", Where::tag(element));
        }
        out = static_cast<std::uint16_t>(little(value));
        return {};
    }

    Status once(Seen seen) {
        if (seen_.test(seen)) {
            return fail(Fault::kRefuse, "command element stands there twice");
        }
        seen_.set(seen);
        return {};
    }

    CommandSet set_;
    std::bitset<kSeenCount> seen_;
};

class CommandWriter {
public:
    CommandWriter() { element(kGroupLength, 4).resize(kElementHeaderBytes + 4); }

    void u16(std::uint16_t number, std::uint16_t value) {
        element(number, 2);
        put(value, 2);
    }

    void uid(std::uint16_t number, std::string_view value) {
        element(number, value.size() + value.size() % 2);
        const auto* first = reinterpret_cast<const std::byte*>(value.data());
        out_.insert(out_.end(), first, first + value.size());
        if (value.size() % 2 != 0) {
            out_.push_back(std::byte{0});
        }
    }

    Bytes finish() {
        const std::size_t length = out_.size() - kElementHeaderBytes - 4;
        for (std::size_t i = 0; i < 4; ++i) {
            out_[kElementHeaderBytes + i] = static_cast<std::byte>((length >> (8U * i)) & 0xFFU);
        }
        return std::move(out_);
    }

private:
    Bytes& element(std::uint16_t number, std::size_t length) {
        put(0, 2);
        put(number, 2);
        put(length, 4);
        return out_;
    }

    void put(std::size_t value, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
            out_.push_back(static_cast<std::byte>((value >> (8U * i)) & 0xFFU));
        }
    }

    Bytes out_;
};

}  // namespace

Result<CommandSet> decode_command_set(std::span<const std::byte> bytes) {
    if (bytes.size() > kCommandSetBytesMax) {
        return fail(Fault::kRefuse, "command set is too long", Where::number(kCommandSetBytesMax));
    }
    CommandReader reader;
    while (!bytes.empty()) {
        if (bytes.size() < kElementHeaderBytes) {
            return fail(Fault::kRefuse, "command element is cut short");
        }
        const std::uint32_t group = little(bytes.first(2));
        const auto element = static_cast<std::uint16_t>(little(bytes.subspan(2, 2)));
        const std::uint32_t length = little(bytes.subspan(4, 4));
        bytes = bytes.subspan(kElementHeaderBytes);
        if (group != 0) {
            return fail(
                Fault::kRefuse, "command set holds an element of another group",
                Where::tag((group << 16U) | element)
            );
        }
        // An undefined length, and so a sequence, is longer than anything that can follow.
        if (length > bytes.size()) {
            return fail(
                Fault::kRefuse, "command element is longer than its command set", Where::tag(element)
            );
        }
        EFFACE_CHECK(reader.take(element, bytes.first(length)));
        bytes = bytes.subspan(length);
    }
    return reader.finish();
}

Bytes encode_echo_request(std::uint16_t message_id) {
    CommandWriter writer;
    writer.uid(kAffectedClass, "1.2.840.10008.1.1");
    writer.u16(kCommandField, kCommandEchoRq);
    writer.u16(kMessageId, message_id);
    writer.u16(kDataSetType, kNoDataSet);
    return writer.finish();
}

Bytes encode_store_request(
    std::uint16_t message_id, std::string_view sop_class_uid, std::string_view sop_instance_uid,
    std::uint16_t priority
) {
    CommandWriter writer;
    writer.uid(kAffectedClass, sop_class_uid);
    writer.u16(kCommandField, kCommandStoreRq);
    writer.u16(kMessageId, message_id);
    writer.u16(kPriority, priority);
    writer.u16(kDataSetType, 0x0000);
    writer.uid(kAffectedInstance, sop_instance_uid);
    return writer.finish();
}

Bytes encode_response(const CommandSet& request, std::uint16_t status) {
    CommandWriter writer;
    if (!request.sop_class_uid.empty()) {
        writer.uid(kAffectedClass, request.sop_class_uid);
    }
    writer.u16(kCommandField, static_cast<std::uint16_t>(request.field | 0x8000U));
    writer.u16(kRespondedId, request.message_id.value_or(0));
    writer.u16(kDataSetType, kNoDataSet);
    writer.u16(kStatus, status);
    if (!request.sop_instance_uid.reveal().empty()) {
        writer.uid(kAffectedInstance, request.sop_instance_uid.reveal());
    }
    return writer.finish();
}

}  // namespace efface::node
