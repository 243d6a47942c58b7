// The transfer syntaxes, from the generated table. Pure.
#include "rules/vocabulary/transfer_syntax.h"

namespace efface::rules {
namespace {

constexpr std::array kTransferSyntaxes = std::to_array<TransferSyntax>({
#include "rules/vocabulary/transfer_syntaxes.inc"
});

}  // namespace

std::span<const TransferSyntax> transfer_syntaxes() {
    return kTransferSyntaxes;
}

const TransferSyntax* find_transfer_syntax(std::string_view uid) {
    const auto* row = std::lower_bound(
        kTransferSyntaxes.begin(), kTransferSyntaxes.end(), uid,
        [](const TransferSyntax& a, std::string_view value) { return a.uid < value; }
    );
    return row != kTransferSyntaxes.end() && row->uid == uid ? row : nullptr;
}

}  // namespace efface::rules
