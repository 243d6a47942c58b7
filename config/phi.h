// Phi<T>: a value that names a patient. It cannot be streamed, formatted or compared by accident;
// whoever needs the value writes reveal(), which is what a reviewer greps for.
#pragma once

#include <ostream>
#include <utility>

namespace efface {

template <class T>
class Phi {
public:
    Phi() = default;

    explicit Phi(T value) : value_{std::move(value)} {}

    const T& reveal() const { return value_; }

private:
    T value_{};
};

template <class T>
std::ostream& operator<<(std::ostream&, const Phi<T>&) = delete;

}  // namespace efface
