import java.io.FileInputStream;
import java.util.ArrayList;
import java.util.List;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** Asks veraPDF whether a file keeps each of the standards named: `Check file 3a ua1`. */
public final class Check {
    public static void main(String[] given) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        boolean well = true;
        for (int n = 1; n < given.length; n++) {
            PDFAFlavour flavour = PDFAFlavour.byFlavourId(given[n]);
            try (FileInputStream content = new FileInputStream(given[0]);
                    PDFAParser parser = Foundries.defaultInstance().createParser(content, flavour);
                    PDFAValidator validator =
                            Foundries.defaultInstance().createValidator(flavour, false)) {
                ValidationResult result = validator.validate(parser);
                System.out.println(flavour + " " + result.isCompliant() + " "
                        + result.getTotalAssertions() + " checks");
                List<TestAssertion> failed = new ArrayList<>(result.getTestAssertions());
                failed.removeIf(each -> each.getStatus() == TestAssertion.Status.PASSED);
                for (TestAssertion each : failed) {
                    System.out.println(each.getRuleId() + " " + each.getMessage());
                }
                well &= result.isCompliant();
            }
        }
        System.exit(well ? 0 : 1);
    }
}
