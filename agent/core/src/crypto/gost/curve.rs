//! The two curves, on the generic arithmetic of `primeorder` and `primefield`.
//!
//! Multiplication of points by secret numbers is that of `primeorder`: complete addition formulas and look-ups that
//! touch every entry of their table, so that neither time nor memory depends on the number.

use primeorder::PrimeCurveParams;

/// A curve of prime order with GOST's conventions.
pub(in super::super) trait GostCurve: PrimeCurveParams {
    /// The length of coordinates, of private keys, and of each half of a signature, in bytes.
    const LEN: usize;
}

/// Defines a curve whose coefficient a is p - 3. `windows` is one more than its length in bytes. Numbers are
/// hexadecimal, the most significant digit first.
macro_rules! curve {
    (
        $(#[doc = $doc:literal])* $name:ident in $module:ident, uint: $uint:ident, size: $size:ident,
        len: $len:literal, windows: $windows:literal,
        p: $p:literal, without_root_in_p: $p_generator:literal, b: $b:literal,
        q: $q:literal, without_root_in_q: $q_generator:literal, x: $x:literal, y: $y:literal $(,)?
    ) => {
        mod $module {
            use primeorder::elliptic_curve::bigint::{Odd, $uint};
            use primeorder::elliptic_curve::consts::$size;
            use primeorder::elliptic_curve::hazmat::FieldArithmetic;
            use primeorder::elliptic_curve::point::{PointCompaction, PointCompression};
            use primeorder::elliptic_curve::{Curve, CurveArithmetic, PrimeCurve, PrimeCurveArithmetic};
            use primeorder::mul_backend::PrecomputedTables;
            use primeorder::{
                AffinePoint, BasepointTable, PrimeCurveParams, PrimeCurveWithBasepointTable, ProjectivePoint,
                point_arithmetic,
            };

            use self::field::FieldElement;
            use self::scalar::Scalar;

            $(#[doc = $doc])*
            #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Debug)]
            pub struct $name;

            impl super::GostCurve for $name {
                const LEN: usize = $len;
            }

            impl Curve for $name {
                type FieldBytesSize = $size;
                type Uint = $uint;
                const ORDER: Odd<$uint> = Odd::<$uint>::from_be_hex($q);
            }

            impl PrimeCurve for $name {}

            impl PointCompression for $name {
                const COMPRESS_POINTS: bool = false;
            }

            impl PointCompaction for $name {
                const COMPACT_POINTS: bool = false;
            }

            impl CurveArithmetic for $name {
                type AffinePoint = AffinePoint<Self>;
                type ProjectivePoint = ProjectivePoint<Self>;
                type Scalar = Scalar;
            }

            impl FieldArithmetic for $name {
                type FieldElement = FieldElement;
            }

            impl PrimeCurveArithmetic for $name {
                type CurveGroup = ProjectivePoint<Self>;
            }

            impl PrimeCurveParams for $name {
                type PointArithmetic = point_arithmetic::EquationAIsMinusThree;
                type Backend = PrecomputedTables<$windows>;
                const EQUATION_A: FieldElement = FieldElement::from_u64(3).neg();
                const EQUATION_B: FieldElement = FieldElement::from_hex_vartime($b);
                const GENERATOR: (FieldElement, FieldElement) =
                    (FieldElement::from_hex_vartime($x), FieldElement::from_hex_vartime($y));
            }

            type Table = BasepointTable<ProjectivePoint<$name>, $windows>;

            /// Multiples of the generator, computed when first needed.
            static TABLE: Table = Table::new();

            impl PrimeCurveWithBasepointTable<$windows> for $name {
                const BASEPOINT_TABLE: &'static Table = &TABLE;
            }

            mod field {
                use primeorder::elliptic_curve::bigint::$uint;
                use primeorder::elliptic_curve::subtle::{Choice, ConstantTimeEq as _, CtOption};
                use primeorder::PrimeField as _;

                primefield::monty_field_params! {
                    name: Params,
                    modulus: $p,
                    uint: $uint,
                    byte_order: primefield::ByteOrder::BigEndian,
                    multiplicative_generator: $p_generator,
                    doc: "The modulus of the coordinates, p."
                }
                primefield::monty_field_element! {
                    name: FieldElement,
                    params: Params,
                    uint: $uint,
                    doc: "A coordinate: a number modulo p."
                }
                primefield::monty_field_arithmetic! { name: FieldElement, params: Params, uint: $uint }
                impl primeorder::elliptic_curve::ops::BatchInvert for FieldElement {}
            }

            mod scalar {
                use primeorder::elliptic_curve::Curve as _;
                use primeorder::elliptic_curve::bigint::$uint;
                use primeorder::elliptic_curve::scalar::{FromUintUnchecked, IsHigh};
                use primeorder::PrimeField as _;
                use primeorder::elliptic_curve::subtle::{
                    Choice, ConstantTimeEq as _, ConstantTimeGreater as _, CtOption,
                };

                use super::$name;

                primefield::monty_field_params! {
                    name: Params,
                    modulus: $q,
                    uint: $uint,
                    byte_order: primefield::ByteOrder::BigEndian,
                    multiplicative_generator: $q_generator,
                    doc: "The order of the group of points, q."
                }
                primefield::monty_field_element! {
                    name: Scalar,
                    params: Params,
                    uint: $uint,
                    doc: "A number modulo q: a private key, a digest, half of a signature."
                }
                primefield::monty_field_arithmetic! { name: Scalar, params: Params, uint: $uint }
                primefield::monty_field_reduce! { name: Scalar, params: Params, uint: $uint, }
                elliptic_curve::scalar_impls!($name, Scalar);
                primeorder::wnaf::impl_wnaf_size_for_scalar!(Scalar);

                impl AsRef<Self> for Scalar {
                    fn as_ref(&self) -> &Self {
                        self
                    }
                }

                impl FromUintUnchecked for Scalar {
                    type Uint = $uint;

                    fn from_uint_unchecked(uint: $uint) -> Self {
                        Self::from_uint_unchecked(uint)
                    }
                }

                impl IsHigh for Scalar {
                    fn is_high(&self) -> Choice {
                        const HALF: $uint = $name::ORDER.as_ref().shr_vartime(1);
                        self.to_canonical().ct_gt(&HALF)
                    }
                }
            }
        }
        pub(in super::super) use self::$module::$name;
    };
}

curve! {
    /// id-tc26-gost-3410-12-512-paramSetA (RFC 7836, appendix A.1), in Kazakhstan 1.2.398.3.10.1.1.2.2.1.
    Curve512 in of_512_bits, uint: U512, size: U64, len: 64, windows: 65,
    p: "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffdc7",
    without_root_in_p: 5,
    b: "e8c2505dedfc86ddc1bd0b2b6667f1da34b82574761cb0e879bd081cfd0b6265ee3cb090f30d27614cb4574010da90dd862ef9d4ebee4761503190785a71c760",
    q: "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff27e69532f48d89116ff22b8d4e0560609b4b38abfad2b85dcacdb1411f10b275",
    without_root_in_q: 2,
    x: "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000003",
    y: "7503cfe87a836ae3a61b8816e25450e6ce5e1c93acf1abc1778064fdcbefa921df1626be4fd036e93d75e6a50e3a41e98028fe5fc235f5b889a589cb5215f2a4",
}

curve! {
    /// id-GostR3410-2001-CryptoPro-A-ParamSet (RFC 4357, section 11.4), in Kazakhstan 1.2.398.3.10.1.1.1.1.1.
    Curve2004 in of_256_bits, uint: U256, size: U32, len: 32, windows: 33,
    p: "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffd97",
    without_root_in_p: 5,
    b: "00000000000000000000000000000000000000000000000000000000000000a6",
    q: "ffffffffffffffffffffffffffffffff6c611070995ad10045841b09b761b893",
    without_root_in_q: 2,
    x: "0000000000000000000000000000000000000000000000000000000000000001",
    y: "8d91e471e0989cda27df505a453f2b7635294f2ddf23e3b122acc99c9e9f1e14",
}
