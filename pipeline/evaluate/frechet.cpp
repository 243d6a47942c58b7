#include "pipeline/evaluate/frechet.h"

#include "config/assert.h"

#include <algorithm>
#include <cmath>

namespace efface::pipeline {
namespace {

/// Square, column by column.
struct Matrix {
    std::size_t side = 0;
    std::vector<double> values;

    explicit Matrix(std::size_t n) : side{n}, values(n * n, 0.0) {}

    double* column(std::size_t k) { return values.data() + k * side; }

    const double* column(std::size_t k) const { return values.data() + k * side; }
};

std::vector<double> mean_of(const FeatureSet& set) {
    std::vector<double> mean(set.length, 0.0);
    for (std::size_t i = 0; i < set.values.size(); ++i) {
        mean[i % set.length] += static_cast<double>(set.values[i]);
    }
    for (double& one : mean) {
        one /= static_cast<double>(set.count());
    }
    return mean;
}

Matrix covariance_of(const FeatureSet& set, const std::vector<double>& mean) {
    Matrix out{set.length};
    std::vector<double> apart(set.length);
    for (std::size_t row = 0; row < set.count(); ++row) {
        for (std::size_t i = 0; i < set.length; ++i) {
            apart[i] = static_cast<double>(set.values[row * set.length + i]) - mean[i];
        }
        for (std::size_t k = 0; k < set.length; ++k) {
            double* column = out.column(k);
            for (std::size_t i = k; i < set.length; ++i) {
                column[i] += apart[k] * apart[i];
            }
        }
    }
    for (double& one : out.values) {
        one /= static_cast<double>(set.count() - 1);
    }
    return out;  // Its lower half.
}

double trace_of(const Matrix& matrix) {
    double sum = 0;
    for (std::size_t k = 0; k < matrix.side; ++k) {
        sum += matrix.column(k)[k];
    }
    return sum;
}

/// The lower half of a covariance becomes its root; a direction without variance becomes a column of zeros.
void take_root(Matrix& matrix) {
    constexpr double kNoVariance = 1e-12;
    const double least = kNoVariance * std::max(trace_of(matrix), 1e-300);
    for (std::size_t k = 0; k < matrix.side; ++k) {
        double* column = matrix.column(k);
        const bool is_empty = column[k] <= least;
        const double root = is_empty ? 0 : std::sqrt(column[k]);
        for (std::size_t i = k; i < matrix.side; ++i) {
            column[i] = is_empty ? 0 : column[i] / root;
        }
        for (std::size_t j = k + 1; j < matrix.side && !is_empty; ++j) {
            double* later = matrix.column(j);
            for (std::size_t i = j; i < matrix.side; ++i) {
                later[i] -= column[i] * column[j];
            }
        }
    }
}

/// a' b of two lower halves.
Matrix crossed(const Matrix& a, const Matrix& b) {
    Matrix out{a.side};
    for (std::size_t k = 0; k < b.side; ++k) {
        for (std::size_t j = 0; j < a.side; ++j) {
            double sum = 0;
            for (std::size_t i = std::max(j, k); i < a.side; ++i) {
                sum += a.column(j)[i] * b.column(k)[i];
            }
            out.column(k)[j] = sum;
        }
    }
    return out;
}

/// Turns two columns until they are at right angles; false: they are.
bool straighten(double* p, double* q, std::size_t count) {
    constexpr double kStraight = 1e-10;
    double pp = 0;
    double qq = 0;
    double pq = 0;
    for (std::size_t i = 0; i < count; ++i) {
        pp += p[i] * p[i];
        qq += q[i] * q[i];
        pq += p[i] * q[i];
    }
    if (std::abs(pq) <= kStraight * std::sqrt(pp * qq) || pq == 0) {
        return false;
    }
    const double slope = (qq - pp) / (2 * pq);
    const double tangent = (slope >= 0 ? 1 : -1) / (std::abs(slope) + std::hypot(1.0, slope));
    const double cosine = 1 / std::hypot(1.0, tangent);
    const double sine = cosine * tangent;
    for (std::size_t i = 0; i < count; ++i) {
        const double old = p[i];
        p[i] = cosine * old - sine * q[i];
        q[i] = sine * old + cosine * q[i];
    }
    return true;
}

/// By one-sided rotations (Hestenes 1958): once all columns stand at right angles, their lengths.
double sum_of_singular_values(Matrix& matrix) {
    constexpr int kSweepsMax = 40;
    bool turned = true;
    for (int sweep = 0; turned && sweep < kSweepsMax; ++sweep) {
        turned = false;
        for (std::size_t p = 0; p + 1 < matrix.side; ++p) {
            for (std::size_t q = p + 1; q < matrix.side; ++q) {
                turned = straighten(matrix.column(p), matrix.column(q), matrix.side) || turned;
            }
        }
    }
    double sum = 0;
    for (std::size_t k = 0; k < matrix.side; ++k) {
        double square = 0;
        for (std::size_t i = 0; i < matrix.side; ++i) {
            square += matrix.column(k)[i] * matrix.column(k)[i];
        }
        sum += std::sqrt(square);
    }
    return sum;
}

}  // namespace

double frechet_distance(const FeatureSet& a, const FeatureSet& b) {
    EFFACE_ASSERT(a.length == b.length && a.length > 0 && a.length <= kFeaturesMax);
    EFFACE_ASSERT(a.count() > 1 && b.count() > 1);
    const std::vector<double> mean_a = mean_of(a);
    const std::vector<double> mean_b = mean_of(b);
    double apart = 0;
    for (std::size_t i = 0; i < mean_a.size(); ++i) {
        apart += (mean_a[i] - mean_b[i]) * (mean_a[i] - mean_b[i]);
    }
    Matrix root_a = covariance_of(a, mean_a);
    Matrix root_b = covariance_of(b, mean_b);
    const double traces = trace_of(root_a) + trace_of(root_b);
    take_root(root_a);
    take_root(root_b);
    Matrix both = crossed(root_a, root_b);
    return std::max(0.0, apart + traces - 2 * sum_of_singular_values(both));
}

}  // namespace efface::pipeline
