#include "pipeline/dicom/data_set.h"

#include "config/assert.h"
#include "pipeline/dicom/dcmtk_process.h"
#include "pipeline/scan/scanner.h"

#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmdata/dcistrmb.h>
#include <dcmtk/dcmdata/dcostrmb.h>
#include <dcmtk/dcmdata/dctk.h>

#include <array>
#include <cstring>
#include <limits>

namespace efface::pipeline {
namespace {

/// Room that a write may need beyond the computed length; dcmdata wants space for a header at hand.
constexpr std::size_t kWriteSlackBytes = 64;

DcmTagKey to_key(rules::Tag tag) {
    return DcmTagKey{tag.group(), tag.element()};
}

Where at(const DcmObject& object) {
    return Where::tag(rules::Tag{object.getGTag(), object.getETag()}.value);
}

DcmVR to_dcmtk(rules::Vr vr) {
    return DcmVR{std::string{rules::vr_name(vr)}.c_str()};
}

E_TransferSyntax encoding_of(const rules::TransferSyntax& syntax) {
    if (syntax.big_endian) {
        return EXS_BigEndianExplicit;
    }
    return syntax.explicit_vr ? EXS_LittleEndianExplicit : EXS_LittleEndianImplicit;
}

std::string padded(std::string_view bytes, rules::Vr vr) {
    std::string value{bytes};
    if (value.size() % 2 != 0) {
        value.push_back(rules::is_text(vr) && vr != rules::Vr::UI ? ' ' : '\0');
    }
    return value;
}

// Copies bytes into values of T: dcmdata takes arrays of its own types, and `bytes` is not aligned.
template <class T>
std::vector<T> values_of(std::string_view bytes) {
    std::vector<T> values(bytes.size() / sizeof(T));
    std::memcpy(values.data(), bytes.data(), values.size() * sizeof(T));
    return values;
}

OFCondition put_binary(DcmElement& element, rules::Vr vr, std::string_view bytes) {
    switch (vr) {
        case rules::Vr::US:
        case rules::Vr::OW: {
            const auto values = values_of<Uint16>(bytes);
            return element.putUint16Array(values.data(), values.size());
        }
        case rules::Vr::AT: {
            const auto values = values_of<Uint16>(bytes);
            return element.putUint16Array(values.data(), values.size() / 2);
        }
        case rules::Vr::SS: {
            const auto values = values_of<Sint16>(bytes);
            return element.putSint16Array(values.data(), values.size());
        }
        case rules::Vr::UL:
        case rules::Vr::OL: {
            const auto values = values_of<Uint32>(bytes);
            return element.putUint32Array(values.data(), values.size());
        }
        case rules::Vr::SL: {
            const auto values = values_of<Sint32>(bytes);
            return element.putSint32Array(values.data(), values.size());
        }
        case rules::Vr::FL:
        case rules::Vr::OF: {
            const auto values = values_of<Float32>(bytes);
            return element.putFloat32Array(values.data(), values.size());
        }
        case rules::Vr::FD:
        case rules::Vr::OD: {
            const auto values = values_of<Float64>(bytes);
            return element.putFloat64Array(values.data(), values.size());
        }
        case rules::Vr::SV: {
            const auto values = values_of<Sint64>(bytes);
            return dynamic_cast<DcmSigned64bitVeryLong&>(element).putSint64Array(
                values.data(), values.size()
            );
        }
        case rules::Vr::UV:
        case rules::Vr::OV: {
            const auto values = values_of<Uint64>(bytes);
            return dynamic_cast<DcmUnsigned64bitVeryLong&>(element).putUint64Array(
                values.data(), values.size()
            );
        }
        default:
            return element.putUint8Array(
                reinterpret_cast<const Uint8*>(bytes.data()), static_cast<unsigned long>(bytes.size())
            );
    }
}

Status put_value(DcmElement& element, rules::Vr vr, std::string_view bytes) {
    if (bytes.size() > std::numeric_limits<Uint32>::max() - 1) {
        return fail(Fault::kQuarantine, "value is longer than an element can hold", at(element));
    }
    const std::string value = padded(bytes, vr);
    const OFCondition put = rules::is_text(vr)
                                ? element.putString(value.data(), static_cast<Uint32>(value.size()))
                                : put_binary(element, vr, value);
    if (put.bad()) {
        return fail(Fault::kQuarantine, "value does not fit the attribute's VR", at(element));
    }
    return {};
}

std::uint64_t count_elements(DcmItem& item, std::uint32_t depth) {
    EFFACE_ASSERT(depth <= kSequenceDepthMax);
    std::uint64_t count = 0;
    for (DcmObject* object = item.nextInContainer(nullptr); object != nullptr;
         object = item.nextInContainer(object)) {
        ++count;
        if (object->ident() != EVR_SQ) {
            continue;
        }
        for (DcmObject* child = object->nextInContainer(nullptr); child != nullptr;
             child = object->nextInContainer(child)) {
            count += count_elements(static_cast<DcmItem&>(*child), depth + 1);
        }
    }
    return count;
}

Status resolve_vrs(Item item, bool is_signed, std::uint32_t depth) {
    EFFACE_ASSERT(depth <= kSequenceDepthMax);
    constexpr rules::Tag kPixelRepresentation{0x0028, 0x0103};
    if (const auto own = item.find(kPixelRepresentation)) {
        EFFACE_TRY(const std::string value, own->value());
        is_signed = !value.empty() && value.front() == 1;
    }
    for (const Element& element : item.elements()) {
        for (Item& nested : element.items()) {
            EFFACE_CHECK(resolve_vrs(nested, is_signed, depth + 1));
        }
        if (element.is_ambiguous()) {
            EFFACE_TRY(const std::string value, element.value());
            EFFACE_CHECK(item.put(element.tag(), is_signed ? rules::Vr::SS : rules::Vr::US, value));
        }
    }
    return {};
}

}  // namespace

std::string_view without_padding(std::string_view value) {
    while (!value.empty() && (value.back() == ' ' || value.back() == '\0')) {
        value.remove_suffix(1);
    }
    while (!value.empty() && value.front() == ' ') {
        value.remove_prefix(1);
    }
    return value;
}

rules::Tag Element::tag() const {
    return rules::Tag{element_->getGTag(), element_->getETag()};
}

rules::Vr Element::vr() const {
    return rules::parse_vr(DcmVR{element_->getVR()}.getValidVRName()).value_or(rules::Vr::UN);
}

bool Element::is_sequence() const {
    return element_->ident() == EVR_SQ;
}

bool Element::is_ambiguous() const {
    return element_->getVR() == EVR_xs;
}

std::uint64_t Element::length_bytes() const {
    return element_->getLengthField();
}

Result<std::string> Element::value() const {
    if (is_sequence() || element_->getLengthField() == 0) {
        return std::string{};
    }
    std::string bytes(element_->getLengthField(), '\0');
    if (element_->getPartialValue(bytes.data(), 0, element_->getLengthField(), nullptr, EBO_LittleEndian)
            .bad()) {
        return fail(Fault::kQuarantine, "value cannot be read", at(*element_));
    }
    return bytes;
}

std::vector<Item> Element::items() const {
    std::vector<Item> items;
    if (!is_sequence()) {
        return items;
    }
    for (DcmObject* child = element_->nextInContainer(nullptr); child != nullptr;
         child = element_->nextInContainer(child)) {
        items.push_back(Item{static_cast<DcmItem*>(child)});
    }
    return items;
}

Status Element::set_value(std::string_view bytes) {
    EFFACE_ASSERT(!is_sequence());
    return put_value(*element_, vr(), bytes);
}

Status Element::make_even() {
    if (is_sequence() || element_->getLengthField() % 2 == 0) {
        return {};
    }
    EFFACE_TRY(const std::string bytes, value());
    return set_value(bytes);
}

Status Element::clear() {
    if (element_->clear().bad()) {
        return fail(Fault::kQuarantine, "value cannot be emptied", at(*element_));
    }
    return {};
}

std::vector<Element> Item::elements() const {
    std::vector<Element> elements;
    elements.reserve(item_->card());
    for (DcmObject* object = item_->nextInContainer(nullptr); object != nullptr;
         object = item_->nextInContainer(object)) {
        elements.push_back(Element{static_cast<DcmElement*>(object)});
    }
    return elements;
}

std::optional<Element> Item::find(rules::Tag tag) const {
    DcmElement* found = nullptr;
    if (item_->findAndGetElement(to_key(tag), found, OFFalse).bad() || found == nullptr) {
        return std::nullopt;
    }
    return Element{found};
}

std::string Item::private_creator(rules::Tag tag) const {
    if (!tag.is_private() || tag.element() < 0x1000) {
        return {};
    }
    const rules::Tag creator{tag.group(), static_cast<std::uint16_t>(tag.element() >> 8U)};
    return text(creator).value_or(std::string{});
}

Result<std::string> Item::text(rules::Tag tag) const {
    const auto element = find(tag);
    if (!element) {
        return std::string{};
    }
    EFFACE_TRY(const std::string bytes, element->value());
    return std::string{without_padding(bytes)};
}

Status Item::put(rules::Tag tag, rules::Vr vr, std::string_view bytes) {
    DcmElement* raw = nullptr;
    const DcmTag dcm_tag{to_key(tag), to_dcmtk(vr)};
    const OFCondition made = DcmItem::newDicomElementWithVR(raw, dcm_tag);
    // From here on the element is ours until insert() has succeeded.
    std::unique_ptr<DcmElement> element{raw};
    if (made.bad() || element == nullptr) {
        return fail(Fault::kQuarantine, "attribute cannot be made", Where::tag(tag.value));
    }
    if (!bytes.empty()) {
        EFFACE_CHECK(put_value(*element, vr, bytes));
    }
    if (item_->insert(element.get(), OFTrue).bad()) {
        return fail(Fault::kQuarantine, "attribute cannot be inserted", Where::tag(tag.value));
    }
    element.release();
    return {};
}

Result<Item> Item::append_item(rules::Tag sequence) {
    DcmItem* raw = nullptr;
    // -2 appends; the sequence is created where it is missing.
    if (item_->findOrCreateSequenceItem(DcmTag{to_key(sequence), DcmVR{EVR_SQ}}, raw, -2).bad() ||
        raw == nullptr) {
        return fail(Fault::kQuarantine, "sequence item cannot be made", Where::tag(sequence.value));
    }
    return Item{raw};
}

bool Item::remove(rules::Tag tag) {
    const std::unique_ptr<DcmElement> removed{item_->remove(to_key(tag))};
    return removed != nullptr;
}

void Item::remove(const Element& element) {
    const std::unique_ptr<DcmElement> removed{item_->remove(static_cast<DcmObject*>(element.element_))};
    EFFACE_ASSERT(removed != nullptr);
}

DataSet::DataSet() {
    start_dcmtk();
    data_set_ = std::make_unique<DcmDataset>();
}

DataSet::~DataSet() = default;
DataSet::DataSet(DataSet&&) noexcept = default;
DataSet& DataSet::operator=(DataSet&&) noexcept = default;

Result<DataSet> DataSet::parse(std::span<const std::byte> bytes, const rules::TransferSyntax& syntax) {
    DataSet parsed;
    if (bytes.empty()) {
        return parsed;
    }
    DcmInputBufferStream stream;
    stream.setBuffer(bytes.data(), static_cast<offile_off_t>(bytes.size()));
    stream.setEos();
    try {
        parsed.data_set_->transferInit();
        const OFCondition read = parsed.data_set_->read(stream, encoding_of(syntax), EGL_noChange);
        parsed.data_set_->transferEnd();
        if (read.bad()) {
            return fail(Fault::kQuarantine, "data set cannot be parsed: examine it with a DICOM validator");
        }
    } catch (const std::bad_alloc&) {
        return fail(Fault::kQuarantine, "data set needs more memory than a worker may use");
    }
    return parsed;
}

Item DataSet::root() {
    return Item{data_set_.get()};
}

std::uint64_t DataSet::element_count() const {
    return count_elements(*data_set_, 0);
}

Status DataSet::resolve_ambiguous_vrs() {
    return resolve_vrs(root(), false, 0);
}

Result<DataSet> DataSet::split_behind(rules::Tag tag) {
    DataSet behind;
    for (const Element& element : root().elements()) {
        if (element.tag() <= tag) {
            continue;
        }
        std::unique_ptr<DcmElement> moved{data_set_->remove(to_key(element.tag()))};
        if (behind.data_set_->insert(moved.get()).bad()) {
            return fail(Fault::kQuarantine, "attribute cannot be moved", Where::tag(element.tag().value));
        }
        moved.release();
    }
    return behind;
}

Result<std::string> DataSet::serialise(const rules::TransferSyntax& syntax) const {
    const E_TransferSyntax encoding = encoding_of(syntax);
    if (data_set_->card() == 0) {
        return std::string{};
    }
    if (!data_set_->canWriteXfer(encoding)) {
        return fail(Fault::kQuarantine, "edited data set cannot be encoded in its transfer syntax");
    }
    try {
        const std::size_t length = data_set_->calcElementLength(encoding, EET_ExplicitLength);
        std::string bytes((length + kWriteSlackBytes) & ~std::size_t{1}, '\0');
        DcmOutputBufferStream stream{bytes.data(), static_cast<offile_off_t>(bytes.size())};
        data_set_->transferInit();
        const OFCondition wrote =
            data_set_->write(stream, encoding, EET_ExplicitLength, nullptr, EGL_noChange, EPD_noChange);
        data_set_->transferEnd();
        void* start = nullptr;
        offile_off_t filled = 0;
        stream.flushBuffer(start, filled);
        if (wrote.bad() || static_cast<std::size_t>(filled) != length) {
            return fail(Fault::kQuarantine, "edited data set cannot be encoded");
        }
        bytes.resize(length);
        return bytes;
    } catch (const std::bad_alloc&) {
        return fail(Fault::kQuarantine, "data set needs more memory than a worker may use");
    }
}

}  // namespace efface::pipeline
