// JsonFields: reads the fields of one JSON object strictly, for the codecs of this folder only.
// Every field must be there, of its type and in its range, and no other field may be.
// Thread rule: a value; borrows the object.
#pragma once

#include "config/crypto/digest.h"
#include "config/json.h"
#include "config/phi.h"
#include "config/result.h"
#include "pipeline/picture/picture.h"

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

namespace efface::pipeline {

class JsonFields {
public:
    /// Of a box in a message: no frame is wider or higher.
    static constexpr std::uint64_t kEdgeMax = 65'535;

    explicit JsonFields(const Json& object) : object_{object} {}

    /// The value of a field of any type, or null after noting the fault.
    const Json* get(const char* key) {
        ++field_count_;
        const auto found = object_.is_object() ? object_.find(key) : object_.end();
        if (!object_.is_object() || found == object_.end()) {
            note();
            return nullptr;
        }
        return &*found;
    }

    void read(const char* key, std::string& out) {
        const Json* value = get(key);
        if (value != nullptr && value->is_string()) {
            out = value->get_ref<const std::string&>();
        } else {
            note();
        }
    }

    void read(const char* key, Phi<std::string>& out) {
        std::string text;
        read(key, text);
        out = Phi<std::string>{std::move(text)};
    }

    void read(const char* key, bool& out) {
        const Json* value = get(key);
        if (value != nullptr && value->is_boolean()) {
            out = value->get<bool>();
        } else {
            note();
        }
    }

    void read(const char* key, Digest& out) {
        std::string text;
        read(key, text);
        const auto digest = digest_from_hex(text);
        if (digest) {
            out = *digest;
        } else {
            note();
        }
    }

    void read(const char* key, std::uint64_t& out) {
        const Json* value = get(key);
        if (value != nullptr && value->is_number_unsigned()) {
            out = value->get<std::uint64_t>();
        } else {
            note();
        }
    }

    void read(const char* key, std::uint32_t& out) {
        std::uint64_t wide = 0;
        read(key, wide);
        if (wide > std::numeric_limits<std::uint32_t>::max()) {
            note();
            return;
        }
        out = static_cast<std::uint32_t>(wide);
    }

    void read(const char* key, std::int64_t& out) {
        const Json* value = get(key);
        if (value != nullptr && value->is_number_unsigned() &&
            value->get<std::uint64_t>() <= std::uint64_t{std::numeric_limits<std::int64_t>::max()}) {
            out = static_cast<std::int64_t>(value->get<std::uint64_t>());
        } else if (value != nullptr && value->is_number_integer() && !value->is_number_unsigned()) {
            out = value->get<std::int64_t>();
        } else {
            note();
        }
    }

    void read(const char* key, std::vector<std::string>& out) {
        const Json* value = get(key);
        if (value == nullptr || !value->is_array()) {
            note();
            return;
        }
        out.clear();
        for (const Json& item : *value) {
            if (!item.is_string()) {
                note();
                return;
            }
            out.push_back(item.get_ref<const std::string&>());
        }
    }

    /// Reads an enumeration written as one of `names`, in the order of its values.
    /// Left, top, right, bottom of each, one after another.
    void read(const char* key, std::vector<Box>& out) {
        const Json* value = get(key);
        if (value == nullptr || !value->is_array() || value->size() % 4 != 0) {
            note();
            return;
        }
        out.clear();
        for (std::size_t at = 0; at < value->size(); at += 4) {
            std::array<std::int64_t, 4> edges{};
            for (std::size_t i = 0; i < edges.size(); ++i) {
                const Json& edge = (*value)[at + i];
                if (!edge.is_number_unsigned() || edge.get<std::uint64_t>() > kEdgeMax) {
                    note();
                    return;
                }
                edges[i] = static_cast<std::int64_t>(edge.get<std::uint64_t>());
            }
            out.push_back({edges[0], edges[1], edges[2], edges[3]});
        }
    }

    template <class Enum, std::size_t N>
    void read(const char* key, Enum& out, const char* const (&names)[N]) {
        std::string text;
        read(key, text);
        for (std::size_t i = 0; i < N; ++i) {
            if (text == names[i]) {
                out = static_cast<Enum>(i);
                return;
            }
        }
        note();
    }

    /// Success if every field read so far was right and the object has no other.
    Status finish(Literal what) const {
        if (faulty_at_ != 0) {
            return fail(Fault::kRefuse, what, Where::number(faulty_at_));
        }
        if (object_.size() != static_cast<std::size_t>(field_count_)) {
            return fail(Fault::kRefuse, what);
        }
        return {};
    }

    /// Marks the field read last as wrong; its ordinal is what the error shows.
    void note() {
        if (faulty_at_ == 0) {
            faulty_at_ = field_count_;
        }
    }

private:
    const Json& object_;
    int field_count_ = 0;
    int faulty_at_ = 0;
};

}  // namespace efface::pipeline
