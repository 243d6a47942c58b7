// DataSet: a parsed data set that can be walked and edited, over dcmdata (PS3.5 section 7).
//
// Holds everything but the top-level Pixel Data, which never passes through a parser: the caller
// copies its bytes by offset (promise P7). DCMTK stays behind this header; its type names stand here
// as forward declarations only. Values are raw bytes in little endian, padding included.
// Item and Element are handles: valid while their DataSet lives and nobody removed what they name.
// The caller has bounded depth and counts with pipeline/scan before: dcmdata recurses.
// Thread rule: a DataSet and its handles belong to one thread.
#pragma once

#include "config/result.h"
#include "rules/vocabulary/tag.h"
#include "rules/vocabulary/transfer_syntax.h"
#include "rules/vocabulary/vr.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

class DcmItem;
class DcmElement;
class DcmDataset;

namespace efface::pipeline {

class Item;

/// Without leading spaces and trailing spaces and NULs.
std::string_view without_padding(std::string_view value);

/// One element where it stands.
class Element {
public:
    rules::Tag tag() const;
    /// As encoded (explicit VR) or by the dictionary (implicit VR); UN where that says nothing.
    rules::Vr vr() const;
    bool is_sequence() const;
    /// Read from implicit VR, and the dictionary says US or SS.
    bool is_ambiguous() const;
    std::uint64_t length_bytes() const;
    /// The value as it is encoded, in little endian; empty for sequences.
    Result<std::string> value() const;
    std::vector<Item> items() const;

    /// Replaces the value, VR unchanged. `bytes` is padded to even length: NUL for UI and binary, else
    /// space. Not for sequences.
    Status set_value(std::string_view bytes);
    /// Pads a value of odd length, which PS3.5 7.1.1 forbids and some senders write.
    Status make_even();
    /// Zero length; a sequence loses its items.
    Status clear();

private:
    friend class Item;

    explicit Element(DcmElement* element) : element_{element} {}

    DcmElement* element_;
};

/// The data set itself, or one item of a sequence.
class Item {
public:
    /// In tag order; a snapshot, so that elements may be removed on the way.
    std::vector<Element> elements() const;
    /// At this level only.
    std::optional<Element> find(rules::Tag tag) const;
    /// The value of an attribute of this level without leading spaces and padding; empty where absent.
    Result<std::string> text(rules::Tag tag) const;
    /// The private creator that reserves the block of `tag` in this item, trimmed; empty if none.
    std::string private_creator(rules::Tag tag) const;

    /// Inserts or replaces. `bytes` as in Element::set_value.
    Status put(rules::Tag tag, rules::Vr vr, std::string_view bytes);
    /// Appends an empty item to a sequence, which is made if it is not there.
    Result<Item> append_item(rules::Tag sequence);
    /// Removes the element and all it holds; false if it was not there.
    bool remove(rules::Tag tag);
    /// The same for an element of this very item, by identity: cheaper, and it must be there.
    void remove(const Element& element);

private:
    friend class Element;
    friend class DataSet;

    explicit Item(DcmItem* item) : item_{item} {}

    DcmItem* item_;
};

class DataSet {
public:
    DataSet();
    ~DataSet();
    DataSet(DataSet&&) noexcept;
    DataSet& operator=(DataSet&&) noexcept;

    /// Parses all of `bytes`; they are not needed afterwards. Fault::kQuarantine where dcmdata cannot.
    static Result<DataSet> parse(std::span<const std::byte> bytes, const rules::TransferSyntax& syntax);

    Item root();
    /// Elements at every depth; items are not counted.
    std::uint64_t element_count() const;
    /// Gives every attribute whose VR PS3.6 leaves open (US or SS) the one that Pixel Representation of
    /// its data set or item decides (PS3.5 A.1); for a data set read from implicit VR.
    Status resolve_ambiguous_vrs();
    /// Moves every top-level element with a tag above `tag` into a data set of its own.
    Result<DataSet> split_behind(rules::Tag tag);
    /// The bytes in `syntax`'s VR encoding and byte order, all sequences and items with explicit length.
    /// The same data set always gives the same bytes.
    Result<std::string> serialise(const rules::TransferSyntax& syntax) const;

private:
    std::unique_ptr<DcmDataset> data_set_;
};

}  // namespace efface::pipeline
