// The precompiled header of the tests: the standard library as elsewhere, and GoogleTest.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scripts/cmake/standard_library.h"
