// JsonFields: reads the fields of one JSON object strictly, for the codecs of this folder and of
// pipeline/evaluate only.
// Every field must be there, of its type and in its range, and no other field may be.
// Thread rule: a value; borrows the object.
#pragma once

#include "config/crypto/digest.h"
#include "config/json.h"
#include "config/phi.h"
#include "config/result.h"
#include "pipeline/picture/mask_boxes.h"

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

namespace efface::pipeline {

class JsonFields {
public:
    /// Of a box in a message: no frame is wider or higher, and no image that is searched has more frames.
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

    /// Left, top, right, bottom of each, one after another.
    void read(const char* key, std::vector<Box>& out) {
        out.clear();
        read_rows<4>(key, [&](const std::array<std::uint64_t, 4>& row) { out.push_back(box_of(row)); });
    }

    /// With the first frame and how many behind them.
    void read(const char* key, std::vector<FrameBox>& out) {
        out.clear();
        read_rows<6>(key, [&](const std::array<std::uint64_t, 6>& row) {
            out.push_back({box_of(row), {row[4], row[5]}});
        });
    }

    void read(const char* key, Mask& out) {
        const Json* value = get(key);
        if (value == nullptr) {
            return;
        }
        JsonFields fields{*value};
        fields.read("boxes", out.boxes);
        fields.read("some_frames", out.some_frames);
        if (!fields.finish("mask")) {
            note();
        }
    }

    /// Reads an enumeration written as one of `names`, in the order of its values.
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
    template <class Row>
    static Box box_of(const Row& row) {
        const auto edge = [&](std::size_t i) { return static_cast<std::int64_t>(row[i]); };
        return {edge(0), edge(1), edge(2), edge(3)};
    }

    /// A list whose length is a multiple of `Width`: calls `use` with so many numbers at a time.
    template <std::size_t Width, class Use>
    void read_rows(const char* key, Use use) {
        const Json* value = get(key);
        if (value == nullptr || !value->is_array() || value->size() % Width != 0) {
            note();
            return;
        }
        std::array<std::uint64_t, Width> row{};
        for (std::size_t at = 0; at < value->size(); ++at) {
            const Json& number = (*value)[at];
            if (!number.is_number_unsigned() || number.get<std::uint64_t>() > kEdgeMax) {
                note();
                return;
            }
            row[at % Width] = number.get<std::uint64_t>();
            if (at % Width == Width - 1) {
                use(row);
            }
        }
    }

    const Json& object_;
    int field_count_ = 0;
    int faulty_at_ = 0;
};

}  // namespace efface::pipeline
